#include "segfold/nn/dropout.h"

#include "segfold/base/error.h"
#include "segfold/base/random.h"

namespace segfold {

torch::Tensor dropout2d_mask(std::span<const std::uint64_t> keys, int layer, std::int64_t channels, double p) {
  const auto samples = static_cast<std::int64_t>(keys.size());
  torch::Tensor mask = torch::empty({samples, channels, 1, 1}, torch::kFloat32);
  const auto kept = static_cast<float>(1.0 / (1.0 - p));
  auto* values = mask.data_ptr<float>();
  for (std::int64_t n = 0; n < samples; ++n) {
    RandomStream random(random_key({"dropout", keys[static_cast<std::size_t>(n)], layer}));
    for (std::int64_t c = 0; c < channels; ++c) values[n * channels + c] = random.chance(p) ? 0.0F : kept;
  }
  return mask;
}

torch::Tensor dropout2d(const torch::Tensor& x, const SampleKeys& keys, int layer, double p) {
  if (keys.empty() || p == 0) return x;
  if (static_cast<std::int64_t>(keys.size()) != x.size(0)) throw InternalError("one dropout key per sample is needed");
  return x * dropout2d_mask(keys, layer, x.size(1), p).to(x.options());
}

}  // namespace segfold
