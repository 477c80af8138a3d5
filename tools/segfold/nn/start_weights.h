#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "segfold/nn/model.h"
#include "segfold/nn/model_file.h"

namespace segfold {

/// Weights out of a file that a training begins with instead of random ones.
class StartWeights {
 public:
  /// A whole network's, `.pth` or `.safetensors`, of this project (its seal is checked) or any other with the same
  /// names, but for what wrappers put before them and counters that are missing (foreign_weights.h).
  /// @throws DataError, also for weights that are infinite or no numbers; as read_tensor_file.
  static StartWeights of_model(const std::filesystem::path& path);

  /// The encoder's alone, as torchvision names a ResNet-50's; its classifier "fc.*" is left aside.
  static StartWeights of_encoder(const std::filesystem::path& path);

  /// Copies the weights into a network. Of a whole network's, the head may be missing or made for other classes: then
  /// `model` keeps its own, and this is said.
  /// @throws DataError listing missing, unexpected and wrongly shaped names.
  void load_into(SegmentationModelImpl& model) const;

  /// What the file says of its weights; nothing where it was not written by this project.
  const std::optional<ModelInfo>& info() const { return info_; }

  /// Of the tensors (and of what is said about them where this project's seal covers that).
  const std::string& digest() const { return digest_; }

 private:
  StartWeights(const std::filesystem::path& path, bool encoder);

  std::string origin_;
  bool encoder_;
  StateDict values_;
  std::optional<ModelInfo> info_;
  std::string digest_;
};

}  // namespace segfold
