#pragma once

#include <cstdint>
#include <vector>

#include "segfold/data/shard.h"
#include "segfold/image/augment.h"
#include "segfold/image/crop.h"
#include "segfold/image/occlusion.h"

namespace segfold {

/// How training samples vary from epoch to epoch, in this order.
struct TransformOptions {
  CropOptions crop;
  AugmentOptions augment;
  OcclusionOptions occlusion;
  void check() const;

  /// @throws UsageError where stored pictures of a size cannot be transformed so.
  void check_for(Size stored) const;

  /// Size of what the network is given for stored pictures of a size.
  Size output_size(Size stored) const { return crop.crop.value_or(stored); }
};

/// What the random draws of an epoch hang on.
struct EpochKey {
  std::uint64_t seed = 0;
  int fold = 0;
  int epoch = 0;
};

/// What was drawn for one sample.
struct TransformParams {
  AugmentParams augment;
  OcclusionParams occlusion;
};

/// Makes training samples; one for each thread. A sample is a function of the options, the key and its name, and with
/// patches also of the samples they are taken from.
class SampleMaker {
 public:
  /// @param shards,options  must outlive this object; labels of another size are brought to the images'
  /// @param others  samples that patches are taken from, in a fixed order
  SampleMaker(const ShardSet& shards, const TransformOptions& options, EpochKey key,
              const std::vector<std::int64_t>& others);

  /// Reads and transforms a sample; image() and label() hold it until the next call.
  TransformParams make(std::int64_t sample);

  const Image& image() const { return image_; }
  const Image& label() const { return label_; }

 private:
  void crop(const std::string& name);
  const Image* other_photo(const OcclusionParams& params, std::int64_t sample);

  const ShardSet& shards_;
  const TransformOptions& options_;
  EpochKey key_;
  const std::vector<std::int64_t>& others_;
  Image stored_image_, stored_label_, cropped_image_, cropped_label_, image_, label_, other_;
};

}  // namespace segfold
