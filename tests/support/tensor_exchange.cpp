#include "tests/support/tensor_exchange.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <utility>

#include "segfold/base/error.h"
#include "segfold/nn/tensor_file.h"

namespace segfold::testing {
namespace {

constexpr std::array<std::pair<DType, torch::ScalarType>, 8> kTypes{{
    {DType::kFloat32, torch::kFloat32},
    {DType::kFloat64, torch::kFloat64},
    {DType::kFloat16, torch::kFloat16},
    {DType::kBFloat16, torch::kBFloat16},
    {DType::kInt64, torch::kInt64},
    {DType::kInt32, torch::kInt32},
    {DType::kUInt8, torch::kUInt8},
    {DType::kBool, torch::kBool},
}};

torch::ScalarType torch_type(DType dtype) {
  for (const auto& [ours, theirs] : kTypes) {
    if (ours == dtype) return theirs;
  }
  throw InternalError("a tensor's type has no counterpart in LibTorch");
}

DType file_type(torch::ScalarType dtype) {
  for (const auto& [ours, theirs] : kTypes) {
    if (theirs == dtype) return ours;
  }
  throw InternalError(fmt::format("tensors of {} cannot be exchanged", torch::toString(dtype)));
}

void copy_state(torch::Tensor& target, const torch::Tensor& source, const std::string& name) {
  if (target.sizes() != source.sizes()) throw DataError(fmt::format("{}: the shapes differ", name));
  target.copy_(source);
}

}  // namespace

const torch::Tensor& Exchange::tensor(const std::string& name) const {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw DataError(fmt::format("the tensor '{}' is missing", name));
  return found->second;
}

Exchange read_exchange(const std::filesystem::path& path) {
  const TensorFile file = read_tensor_file(path);
  Exchange exchange;
  for (const NamedTensor& named : file.tensors) {
    torch::Tensor tensor = torch::empty(named.shape, torch_type(named.dtype));
    if (!named.data.empty()) std::memcpy(tensor.data_ptr(), named.data.data(), named.data.size());
    exchange.tensors.emplace(named.name, tensor);
  }
  if (const auto found = file.metadata.find("segfold"); found != file.metadata.end()) {
    exchange.values = parse_json(found->second, path.string());
  }
  return exchange;
}

void write_exchange(const std::filesystem::path& path, const Exchange& exchange) {
  TensorFile file;
  for (const auto& [name, tensor] : exchange.tensors) {
    const torch::Tensor flat = tensor.detach().contiguous();
    NamedTensor named{name, file_type(flat.scalar_type()), flat.sizes().vec(), {}};
    named.data.assign(static_cast<const char*>(flat.data_ptr()), flat.nbytes());
    file.tensors.push_back(std::move(named));
  }
  file.metadata["segfold"] = exchange.values.dump();
  write_tensor_file(path, file);
}

void load_state(torch::nn::Module& module, const Exchange& from, const std::string& prefix) {
  torch::NoGradGuard no_grad;
  std::size_t used = 0;
  for (auto& item : module.named_parameters()) {
    copy_state(item.value(), from.tensor(prefix + item.key()), item.key());
    ++used;
  }
  for (auto& item : module.named_buffers()) {
    copy_state(item.value(), from.tensor(prefix + item.key()), item.key());
    ++used;
  }
  std::size_t given = 0;
  for (const auto& entry : from.tensors) given += entry.first.starts_with(prefix) ? 1U : 0U;
  if (given != used) throw DataError(fmt::format("{} tensors were given, the network has {}", given, used));
}

}  // namespace segfold::testing
