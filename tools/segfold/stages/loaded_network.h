#pragma once

#include <filesystem>

#include "segfold/data/shard.h"
#include "segfold/nn/device.h"
#include "segfold/nn/model_file.h"

namespace segfold {

/// A model file made ready to run on the samples of some shards.
class LoadedNetwork {
 public:
  /// @param device  see Device::claim  @param precision  kAuto = the one it was trained with
  /// @throws DataError if the model was made for other classes or another input size than the shards hold.
  LoadedNetwork(const std::filesystem::path& path, const ShardSet& shards, const std::string& device,
                PrecisionChoice precision, int threads);

  SegmentationModelImpl& model() const { return *loaded_.model; }
  const ModelInfo& info() const { return loaded_.info; }
  const Device& device() const { return device_; }
  Precision precision() const { return precision_; }

 private:
  LoadedModel loaded_;
  Device device_;
  Precision precision_;
};

}  // namespace segfold
