#include "segfold/nn/foreign_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
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

/// Place of the first value that is no weight; nothing if all are. @param beyond  the bits of the least magnitude that
/// is none: infinity, above which NaN lies, or what becomes infinite as a float32.
template <class Bits>
std::optional<std::size_t> first_fault(const std::string& data, Bits beyond, bool variance) {
  constexpr Bits kMagnitude = std::numeric_limits<Bits>::max() / 2;
  for (std::size_t i = 0; i < data.size() / sizeof(Bits); ++i) {
    Bits bits{};
    std::memcpy(&bits, data.data() + i * sizeof(Bits), sizeof(Bits));
    const auto magnitude = static_cast<Bits>(bits & kMagnitude);
    if (magnitude >= beyond || (variance && bits != magnitude && magnitude > 0)) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> first_fault(const NamedTensor& tensor) {
  const bool variance = tensor.name.ends_with(kVariance);
  switch (tensor.dtype) {
    case DType::kFloat32:
      return first_fault<std::uint32_t>(tensor.data, 0x7F800000, variance);
    case DType::kFloat64:
      return first_fault<std::uint64_t>(tensor.data, 0x47EFFFFFF0000000, variance);
    case DType::kFloat16:
      return first_fault<std::uint16_t>(tensor.data, 0x7C00, variance);
    case DType::kBFloat16:
      return first_fault<std::uint16_t>(tensor.data, 0x7F80, variance);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string strip_wrappers(std::vector<NamedTensor>& tensors) {
  std::size_t length = 0;  // of what all names begin with
  const auto follows = [&](std::string_view wrapper) {
    return std::ranges::all_of(tensors, [&](const NamedTensor& tensor) {
      return std::string_view(tensor.name).substr(length).starts_with(wrapper);
    });
  };
  if (tensors.empty()) return "";
  const auto next = [&] { return std::ranges::find_if(kWrappers, follows); };
  for (auto wrapper = next(); wrapper != kWrappers.end(); wrapper = next()) length += wrapper->size();
  std::string stripped = tensors.front().name.substr(0, length);
  for (NamedTensor& tensor : tensors) tensor.name.erase(0, length);
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
    const std::optional<std::size_t> place = first_fault(tensor);
    if (!place) continue;
    throw DataError(fmt::format("{}: '{}' holds {} at place {} of {}; give other weights", origin,
                                printable(tensor.name),
                                tensor.name.ends_with(kVariance) ? "what is no finite variance" : "infinity or NaN",
                                *place, shape_text(tensor.shape)));
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
