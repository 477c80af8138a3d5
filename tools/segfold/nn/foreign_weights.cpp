#include "segfold/nn/foreign_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string_view>

#include "segfold/base/error.h"
#include "segfold/base/text.h"
#include "segfold/nn/tensor_checks.h"

namespace segfold {
namespace {

constexpr std::array<std::string_view, 5> kWrappers{"module.", "_orig_mod.", "model.", "backbone.", "encoder."};
constexpr std::string_view kVariance = "running_var";
constexpr std::string_view kCounter = "num_batches_tracked";

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

void add_norm(Shapes& shapes, const std::string& name, std::int64_t channels) {
  for (const char* part : {"weight", "bias", "running_mean", "running_var"}) shapes[name + "." + part] = {channels};
  shapes[fmt::format("{}.{}", name, kCounter)] = {};
}

/// Names and shapes of torchvision's resnet50 without its classifier.
Shapes resnet50_shapes() {
  constexpr std::array<int, 4> kBlocks{3, 4, 6, 3};
  Shapes shapes{{"conv1.weight", {64, 3, 7, 7}}};
  add_norm(shapes, "bn1", 64);
  std::int64_t in = 64;
  for (std::size_t stage = 0; stage < kBlocks.size(); ++stage) {
    const std::int64_t planes = std::int64_t{64} << stage;
    for (int i = 0; i < kBlocks[stage]; ++i, in = 4 * planes) {
      const std::string block = fmt::format("layer{}.{}.", stage + 1, i);
      shapes[block + "conv1.weight"] = {planes, in, 1, 1};
      shapes[block + "conv2.weight"] = {planes, planes, 3, 3};
      shapes[block + "conv3.weight"] = {4 * planes, planes, 1, 1};
      add_norm(shapes, block + "bn1", planes);
      add_norm(shapes, block + "bn2", planes);
      add_norm(shapes, block + "bn3", 4 * planes);
      if (i > 0) continue;
      shapes[block + "downsample.0.weight"] = {4 * planes, in, 1, 1};
      add_norm(shapes, block + "downsample.1", 4 * planes);
    }
  }
  return shapes;
}

/// Whether a number of these bits is infinite or none: all bits of its exponent are set.
template <class Bits>
struct Exponent {
  Bits mask;
  bool is_full(const char* value) const {
    Bits bits{};
    std::memcpy(&bits, value, sizeof bits);
    return (bits & mask) == mask;
  }
};

bool is_finite(DType dtype, const char* value) {
  switch (dtype) {
    case DType::kFloat32:
      return !Exponent<std::uint32_t>{0x7F800000}.is_full(value);
    case DType::kFloat64:
      return !Exponent<std::uint64_t>{0x7FF0000000000000}.is_full(value);
    case DType::kFloat16:
      return !Exponent<std::uint16_t>{0x7C00}.is_full(value);
    case DType::kBFloat16:
      return !Exponent<std::uint16_t>{0x7F80}.is_full(value);
    default:
      return true;
  }
}

/// Of a little-endian floating-point number: the sign is set, and it is not −0.
bool is_negative(const char* value, std::size_t bytes) {
  if ((value[bytes - 1] & 0x80) == 0) return false;
  return (value[bytes - 1] & 0x7F) != 0 || std::any_of(value, value + bytes - 1, [](char byte) { return byte != 0; });
}

}  // namespace

std::string strip_wrappers(std::vector<NamedTensor>& tensors) {
  std::string stripped;
  const auto common = [&](std::string_view wrapper) {
    return std::ranges::all_of(tensors, [&](const NamedTensor& tensor) { return tensor.name.starts_with(wrapper); });
  };
  for (auto wrapper = kWrappers.begin(); !tensors.empty() && wrapper != kWrappers.end();) {
    if (!common(*wrapper)) {
      ++wrapper;
      continue;
    }
    for (NamedTensor& tensor : tensors) tensor.name.erase(0, wrapper->size());
    stripped += *wrapper;
    wrapper = kWrappers.begin();
  }
  return stripped;
}

void add_missing_counters(std::vector<NamedTensor>& tensors) {
  Shapes known;
  for (const NamedTensor& tensor : tensors) known[tensor.name] = {};
  const std::size_t count = tensors.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& name = tensors[i].name;
    if (!name.ends_with(kVariance)) continue;
    const std::string counter = name.substr(0, name.size() - kVariance.size()) + std::string(kCounter);
    if (!known.contains(counter))
      tensors.push_back({counter, DType::kInt64, {}, std::string(sizeof(std::int64_t), '\0')});
  }
}

void require_sound(const std::vector<NamedTensor>& tensors, const std::string& origin) {
  for (const NamedTensor& tensor : tensors) {
    const auto bytes = static_cast<std::size_t>(dtype_size(tensor.dtype));
    const bool variance = tensor.name.ends_with(kVariance) && tensor.dtype != DType::kInt64;
    for (std::size_t i = 0; i < tensor.data.size(); i += bytes) {
      const char* value = tensor.data.data() + i;
      const bool finite = is_finite(tensor.dtype, value);
      if (finite && !(variance && is_negative(value, bytes))) continue;
      throw DataError(fmt::format("{}: '{}' holds {} at place {} of {}; give weights that are whole", origin,
                                  printable(tensor.name), finite ? "a negative variance" : "infinity or NaN", i / bytes,
                                  shape_text(tensor.shape)));
    }
  }
}

std::string make_resnet50_encoder(std::vector<NamedTensor>& tensors, const std::string& origin) {
  std::string stripped = strip_wrappers(tensors);
  std::erase_if(tensors, [](const NamedTensor& tensor) { return tensor.name.starts_with("fc."); });
  add_missing_counters(tensors);
  Shapes left = resnet50_shapes();
  std::vector<std::string> faults;
  for (const NamedTensor& tensor : tensors) {
    const auto expected = left.find(tensor.name);
    if (expected == left.end()) {
      faults.push_back(fmt::format("{} is not part of it", printable(tensor.name)));
      continue;
    }
    if (tensor.shape != expected->second) {
      faults.push_back(fmt::format("{} has shape {}, expected {}", printable(tensor.name), shape_text(tensor.shape),
                                   shape_text(expected->second)));
    }
    left.erase(expected);
  }
  for (const auto& [name, shape] : left) faults.push_back(fmt::format("{} is missing", name));
  if (!faults.empty()) {
    throw DataError(fmt::format("{}: holds no ResNet-50 as torchvision saves it ({}); give resnet50's state dict",
                                origin, list_text(faults, 4)));
  }
  require_sound(tensors, origin);
  return stripped;
}

}  // namespace segfold
