#include "segfold/nn/model_file.h"

#include <fmt/ranges.h>

#include <cmath>
#include <map>

#include "segfold/base/error.h"
#include "segfold/base/json.h"
#include "segfold/base/sha256.h"
#include "segfold/base/text.h"

namespace segfold {
namespace {

constexpr const char* kFormat = "segfold.model/1";
constexpr const char* kMetadataKey = "segfold";

torch::Tensor plain_copy(const torch::Tensor& tensor) {
  const auto dtype = tensor.is_floating_point() ? torch::kFloat32 : tensor.scalar_type();
  return tensor.detach().to(torch::kCPU, dtype).clone(torch::MemoryFormat::Contiguous);
}

/// Of the weights and of all that is said about them, but for the seal.
std::string content_digest(const std::vector<NamedTensor>& tensors, Json info) {
  info.erase("seal");
  Sha256 sha;
  sha.update(info.dump() + "\n");
  for (const NamedTensor& tensor : tensors) {
    sha.update(fmt::format("{} {} [{}]\n", tensor.name, static_cast<int>(tensor.dtype), fmt::join(tensor.shape, ", ")));
    sha.update(tensor.data);
  }
  return sha.hex();
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

Json info_to_json(const ModelInfo& info) {
  Json document = {{"format", kFormat},
                   {"architecture", architecture_name(info.options.architecture)},
                   {"width", info.options.width},
                   {"dropout", info.options.dropout},
                   {"classes", info.classes},
                   {"mean", info.normalisation.mean},
                   {"std", info.normalisation.std},
                   {"input_size", to_string(info.input_size)},
                   {"precision", precision_name(info.precision)},
                   {"experiment", info.experiment},
                   {"fold", info.fold ? Json(*info.fold) : Json()},
                   {"folds_count", info.folds_count},
                   {"epoch", info.epoch}};
  document["seal"] = seal_to_json(info.seal);
  return document;
}

Size size_from_json(const Json& document, const std::string& origin) {
  try {
    return parse_size(json_value<std::string>(document, "input_size", origin));
  } catch (const UsageError& error) {
    throw DataError(fmt::format("{}: input_size: {}", origin, error.what()));
  }
}

void require_sane(const ModelInfo& info, const std::string& origin) {
  try {
    info.options.check();
  } catch (const UsageError& error) {
    throw DataError(fmt::format("{}: {}", origin, error.what()));
  }
  for (std::size_t c = 0; c < 3; ++c) {
    if (std::isfinite(info.normalisation.mean[c]) && info.normalisation.std[c] > 0) continue;
    throw DataError(fmt::format("{}: its normalisation (mean {}, std {}) is impossible; train it again", origin,
                                info.normalisation.mean[c], info.normalisation.std[c]));
  }
}

ModelInfo info_from_json(const Json& document, const std::string& origin) {
  ModelInfo info;
  if (const auto format = json_value<std::string>(document, "format", origin); format != kFormat) {
    throw DataError(
        fmt::format("{}: format '{}', expected '{}'; train it again with this version", origin, format, kFormat));
  }
  info.options.architecture = architecture_from_name(json_value<std::string>(document, "architecture", origin));
  info.options.width = json_value<int>(document, "width", origin);
  info.options.dropout = json_value<double>(document, "dropout", origin);
  info.classes = json_value<std::vector<std::string>>(document, "classes", origin);
  info.options.classes = static_cast<int>(info.classes.size());
  info.normalisation.mean = json_value<std::array<double, 3>>(document, "mean", origin);
  info.normalisation.std = json_value<std::array<double, 3>>(document, "std", origin);
  info.input_size = size_from_json(document, origin);
  info.precision = precision_from_name(json_value<std::string>(document, "precision", origin));
  info.experiment = json_value<std::string>(document, "experiment", origin);
  if (!json_value<Json>(document, "fold", origin).is_null()) info.fold = json_value<int>(document, "fold", origin);
  info.folds_count = json_value<int>(document, "folds_count", origin);
  info.epoch = json_value<int>(document, "epoch", origin);
  info.seal = seal_from_json(json_value<Json>(document, "seal", origin), origin);
  require_sane(info, origin);
  return info;
}

/// Before a network is made: its size must be that of the weights, not whatever a number in the file asks for.
void require_width(const std::vector<NamedTensor>& tensors, const ModelOptions& options, const std::string& origin) {
  if (options.architecture != Architecture::kUNet) return;  // its width is fixed
  for (const NamedTensor& tensor : tensors) {
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

}  // namespace

std::vector<NamedTensor> tensors_to_file(const StateDict& state) {
  std::vector<NamedTensor> tensors;
  for (const auto& [name, value] : state) {
    const torch::Tensor plain = plain_copy(value);
    tensors.push_back({name, plain.scalar_type() == torch::kInt64 ? DType::kInt64 : DType::kFloat32,
                       plain.sizes().vec(), std::string(static_cast<const char*>(plain.data_ptr()), plain.nbytes())});
  }
  return tensors;
}

StateDict tensors_from_file(std::vector<NamedTensor> tensors) {
  StateDict state;
  for (NamedTensor& tensor : tensors) {
    torch::Tensor values = torch::empty(tensor.shape, torch_dtype(tensor));
    std::copy(tensor.data.begin(), tensor.data.end(), static_cast<char*>(values.data_ptr()));
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
    throw DataError(fmt::format("{}: {} weights do not fit: {}; give the weights of this architecture", origin,
                                faults.size(), list_text(faults)));
  }
}

void write_model(const std::filesystem::path& path, const StateDict& state, ModelInfo info) {
  TensorFile file;
  file.tensors = tensors_to_file(state);
  info.seal.content = content_digest(file.tensors, info_to_json(info));
  file.metadata[kMetadataKey] = info_to_json(info).dump();
  write_tensor_file(path, file);
}

WeightsFile read_weights(const std::filesystem::path& path) {
  TensorFile file = read_tensor_file(path);
  const std::string origin = path.string();
  WeightsFile weights{std::move(file.tensors), {}, {}};
  const auto metadata = file.metadata.find(kMetadataKey);
  if (metadata == file.metadata.end()) {
    weights.digest = content_digest(weights.tensors, Json::object());
    return weights;
  }
  const Json document = parse_json(metadata->second, origin);
  weights.info = info_from_json(document, origin);
  weights.digest = content_digest(weights.tensors, document);
  if (weights.digest != weights.info->seal.content) {
    throw DataError(fmt::format(
        "{}: its content is not what its seal says; the file was changed or damaged, train it again", origin));
  }
  return weights;
}

LoadedModel read_model(const std::filesystem::path& path) {
  WeightsFile file = read_weights(path);
  const std::string origin = path.string();
  if (!file.info) {
    throw DataError(
        fmt::format("{}: holds weights but not what segfold says of them; give a model that train-fold wrote", origin));
  }
  require_width(file.tensors, file.info->options, origin);
  LoadedModel loaded;
  loaded.info = std::move(*file.info);
  loaded.model = make_model(loaded.info.options);
  load_state_dict(*loaded.model, tensors_from_file(std::move(file.tensors)), origin);
  loaded.model->eval();
  return loaded;
}

}  // namespace segfold
