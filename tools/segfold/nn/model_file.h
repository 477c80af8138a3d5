#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "segfold/base/imagenet.h"
#include "segfold/base/seal.h"
#include "segfold/base/size.h"
#include "segfold/nn/device.h"
#include "segfold/nn/model.h"
#include "segfold/nn/tensor_file.h"

namespace segfold {

/// Mean and standard deviation per channel (R, G, B) of values in [0, 1].
struct Normalisation {
  std::array<double, 3> mean = kImageNetMean;
  std::array<double, 3> std{0.229, 0.224, 0.225};  ///< of ImageNet, as torchvision documents them
};

/// What a model file says of its weights.
struct ModelInfo {
  ModelOptions options;
  std::vector<std::string> classes;
  Normalisation normalisation;
  Size input_size;                         ///< of the images it was trained on
  Precision precision = Precision::kFp32;  ///< it was trained with; evaluation takes the same unless told otherwise
  std::string experiment;
  std::optional<int> fold;  ///< held-out fold; absent if it was trained on every sample
  int folds_count = 0;
  int epoch = 0;  ///< whose weights these are, from 1
  Seal seal;      ///< of the training; seal.content digests the tensors and all of the above
};

/// Parameters and buffers by name, in the module's order: float32 (int64 for num_batches_tracked), contiguous, CPU.
using StateDict = std::vector<std::pair<std::string, torch::Tensor>>;

/// Copies of a module's parameters and buffers. @param masters  float32 values to take instead of a parameter of the
/// same name that is held in lower precision.
StateDict state_dict(const torch::nn::Module& module, const StateDict& masters = {});

/// Copies values into a module. @throws DataError listing missing, unexpected and wrongly shaped names.
void load_state_dict(torch::nn::Module& module, const StateDict& state, const std::string& origin);

/// Tensors as files hold them, and back: floating point becomes float32 on the way out, integers stay.
std::vector<NamedTensor> tensors_to_file(const StateDict& state);
StateDict tensors_from_file(std::vector<NamedTensor> tensors);

/// Writes weights as Python reads them, with `info` as metadata, whole or not at all.
void write_model(const std::filesystem::path& path, const StateDict& state, ModelInfo info);

struct LoadedModel {
  SegmentationModel model;  ///< float32, CPU, in evaluation mode
  ModelInfo info;
};
/// Reads a model of this house and checks its seal. @throws DataError, as read_tensor_file.
LoadedModel read_model(const std::filesystem::path& path);

}  // namespace segfold
