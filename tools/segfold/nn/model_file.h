#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "segfold/nn/model.h"
#include "segfold/nn/model_info.h"
#include "segfold/nn/tensor_file.h"

namespace segfold {

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
/// Reads a model of this project and checks its seal. @throws DataError, as read_tensor_file.
LoadedModel read_model(const std::filesystem::path& path);

}  // namespace segfold
