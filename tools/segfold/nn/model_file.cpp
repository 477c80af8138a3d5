#include "segfold/nn/model_file.h"

#include <fmt/ranges.h>

#include <map>

#include "segfold/base/error.h"
#include "segfold/base/text.h"

namespace segfold {
namespace {

torch::Tensor plain_copy(const torch::Tensor& tensor) {
  const auto dtype = tensor.is_floating_point() ? torch::kFloat32 : tensor.scalar_type();
  return tensor.detach().to(torch::kCPU, dtype).clone(torch::MemoryFormat::Contiguous);
}

torch::ScalarType torch_dtype(const NamedTensor& tensor) {
  switch (tensor.dtype) {
    case DType::kFloat64:
      return torch::kFloat64;
    case DType::kFloat16:
      return torch::kFloat16;
    case DType::kBFloat16:
      return torch::kBFloat16;
    case DType::kInt64:
      return torch::kInt64;
    case DType::kInt32:
      return torch::kInt32;
    case DType::kUInt8:
      return torch::kUInt8;
    case DType::kBool:
      return torch::kBool;
    case DType::kFloat32:
      break;
  }
  return torch::kFloat32;
}

/// Before a network is made: its size must be that of the weights, not whatever a number in the file asks for.
void require_width(const TensorFile& file, const ModelOptions& options, const std::string& origin) {
  if (options.architecture != Architecture::kUNet) return;  // its width is fixed
  for (const NamedTensor& tensor : file.tensors) {
    if (tensor.name == "head.weight" && tensor.shape.size() == 4 && tensor.shape[1] == options.width) return;
  }
  throw DataError(
      fmt::format("{}: its weights are not those of a unet of width {}; train it again", origin, options.width));
}

/// All parameters and buffers of a module by name.
std::vector<std::pair<std::string, torch::Tensor>> named_values(const torch::nn::Module& module) {
  std::vector<std::pair<std::string, torch::Tensor>> values;
  for (const auto& item : module.named_parameters()) values.emplace_back(item.key(), item.value());
  for (const auto& item : module.named_buffers()) values.emplace_back(item.key(), item.value());
  return values;
}

DType file_dtype(torch::ScalarType type) {
  if (type == torch::kInt64) return DType::kInt64;
  if (type == torch::kFloat32) return DType::kFloat32;
  throw InternalError(fmt::format("a weights file takes float32 and int64, not {}", torch::toString(type)));
}

}  // namespace

std::vector<NamedTensor> tensors_to_file(const StateDict& state) {
  std::vector<NamedTensor> tensors;
  for (const auto& [name, value] : state) {
    const torch::Tensor plain = plain_copy(value);
    tensors.push_back({name, file_dtype(plain.scalar_type()), plain.sizes().vec(),
                       std::string(static_cast<const char*>(plain.data_ptr()), plain.nbytes())});
  }
  return tensors;
}

StateDict tensors_from_file(std::vector<NamedTensor> tensors) {
  StateDict state;
  for (NamedTensor& tensor : tensors) {
    torch::Tensor values = torch::empty(tensor.shape, torch_dtype(tensor));
    std::ranges::copy(tensor.data, static_cast<char*>(values.data_ptr()));
    tensor.data = {};  // two copies of all weights at once would be one too many
    state.emplace_back(std::move(tensor.name), std::move(values));
  }
  return state;
}

StateDict state_dict(const torch::nn::Module& module, const StateDict& masters) {
  std::map<std::string, torch::Tensor> replaced(masters.begin(), masters.end());
  StateDict state;
  for (const auto& [name, value] : named_values(module)) {
    const auto master = replaced.find(name);
    state.emplace_back(name, plain_copy(master != replaced.end() ? master->second : value));
  }
  return state;
}

void load_state_dict(torch::nn::Module& module, const StateDict& state, const std::string& origin) {
  const torch::NoGradGuard no_grad;
  std::map<std::string, torch::Tensor> left(state.begin(), state.end());
  std::vector<std::string> faults;
  for (auto& [name, value] : named_values(module)) {
    const auto found = left.find(name);
    if (found == left.end()) {
      faults.push_back(fmt::format("{} is missing", name));
    } else if (found->second.sizes() != value.sizes()) {
      faults.push_back(fmt::format("{} has shape [{}], expected [{}]", name,
                                   fmt::join(found->second.sizes().vec(), ", "), fmt::join(value.sizes().vec(), ", ")));
    } else {
      value.copy_(found->second);
    }
    if (found != left.end()) left.erase(found);
  }
  for (const auto& [name, value] : left) faults.push_back(fmt::format("{} is not part of this network", name));
  if (!faults.empty()) {
    throw DataError(fmt::format("{}: its weights are another network's; give weights of the same architecture ({})",
                                origin, list_text(faults, 4)));
  }
}

void write_model(const std::filesystem::path& path, const StateDict& state, ModelInfo info) {
  TensorFile file;
  file.tensors = tensors_to_file(state);
  add_model_info(file, std::move(info));
  write_tensor_file(path, file);
}

LoadedModel read_model(const std::filesystem::path& path) {
  TensorFile file = read_tensor_file(path);
  const std::string origin = path.string();
  LoadedModel loaded;
  loaded.info = require_model_info(file, origin);
  require_width(file, loaded.info.options, origin);
  loaded.model = make_model(loaded.info.options);
  load_state_dict(*loaded.model, tensors_from_file(std::move(file.tensors)), origin);
  loaded.model->eval();
  return loaded;
}

}  // namespace segfold
