#include "segfold/nn/init.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <numbers>

#include "segfold/base/random.h"

namespace segfold {
namespace {

constexpr float kTo01 = 0x1.0p-32F;
constexpr std::int64_t kBlocksPerTask = 1 << 14;

/// Two standard normal numbers from two uniform 32-bit numbers.
std::pair<float, float> box_muller(std::uint32_t a, std::uint32_t b) {
  const float u = (static_cast<float>(a) + 1.0F) * kTo01;  // (0, 1]
  const float radius = std::sqrt(-2.0F * std::log(std::min(u, 1.0F)));
  const float angle = 2.0F * std::numbers::pi_v<float> * (static_cast<float>(b) * kTo01);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

void fill_uniform(torch::Tensor& tensor, std::uint64_t key, double bound) {
  RandomStream random(key);
  auto* values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) values[i] = static_cast<float>(random.uniform(-bound, bound));
}

bool is_transposed(const std::string& name) { return name.ends_with("up.weight"); }
bool is_head(const std::string& name) { return name.ends_with("head.weight"); }

/// Inputs that one output value sums over; a transposed 2×2 stride 2 counts as PyTorch counts it.
double fan_in(const torch::Tensor& weight) {
  return static_cast<double>(weight.size(1) * weight.size(2) * weight.size(3));
}

void fill_weight(const std::string& name, torch::Tensor& weight, std::uint64_t key) {
  if (weight.dim() != 4) {
    weight.fill_(1.0);  // BatchNorm
  } else if (is_transposed(name) || is_head(name)) {
    fill_uniform(weight, key, 1.0 / std::sqrt(fan_in(weight)));
  } else {
    const auto fan_out = static_cast<float>(weight.size(0) * weight.size(2) * weight.size(3));
    fill_normal(weight, key, std::sqrt(2.0F / fan_out));
  }
}

}  // namespace

void fill_normal(torch::Tensor& tensor, std::uint64_t key, float deviation) {
  auto* values = tensor.data_ptr<float>();
  const std::int64_t count = tensor.numel();
  at::parallel_for(0, (count + 3) / 4, kBlocksPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      const auto bits = RandomStream::block(key, static_cast<std::uint64_t>(block));
      const auto [a, b] = box_muller(bits[0], bits[1]);
      const auto [c, d] = box_muller(bits[2], bits[3]);
      const std::array<float, 4> normals{a, b, c, d};
      for (std::int64_t i = 0; i < 4 && block * 4 + i < count; ++i) {
        values[block * 4 + i] = deviation * normals[static_cast<std::size_t>(i)];
      }
    }
  });
}

void initialise(torch::nn::Module& model, std::uint64_t seed, int fold) {
  const torch::NoGradGuard no_grad;
  const auto parameters = model.named_parameters();
  for (const auto& item : parameters) {
    const std::string& name = item.key();
    const std::uint64_t key = random_key({"initial weights", seed, fold, name});
    torch::Tensor values = torch::zeros(item.value().sizes(), torch::kFloat32);
    if (name.ends_with(".weight")) {
      fill_weight(name, values, key);
    } else if (name.ends_with("up.bias") || name.ends_with("head.bias")) {
      const std::string weight = name.substr(0, name.size() - 4) + "weight";
      fill_uniform(values, key, 1.0 / std::sqrt(fan_in(parameters[weight])));
    }
    item.value().copy_(values);
  }
}

}  // namespace segfold
