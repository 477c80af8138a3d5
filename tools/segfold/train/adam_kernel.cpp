#include "segfold/train/adam_kernel.h"

#include <bit>
#include <cmath>

namespace segfold {
namespace {

float float_from_bf16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

/// Rounds to nearest, ties to even. A NaN would need care; a loss that is not finite has stopped the training before.
std::uint16_t bf16_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

}  // namespace

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
// The compiler makes a version per instruction set, the loader takes the best one: all compute the same bits.
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
void adam_update_bf16(const AdamStep& step, const std::uint16_t* __restrict gradient, float* __restrict master,
                      float* __restrict exp_avg, float* __restrict exp_avg_sq, std::uint16_t* __restrict parameter,
                      std::int64_t count) {
  const AdamStep s = step;
  const float rate = s.lr / s.correction1;
  for (std::int64_t i = 0; i < count; ++i) {
    const float before = master[i] * s.shrink;
    const float g = float_from_bf16(gradient[i]) + s.weight_decay * before;
    const float m = s.beta1 * exp_avg[i] + s.beta1_rest * g;
    const float v = s.beta2 * exp_avg_sq[i] + s.beta2_rest * g * g;
    const float w = before - rate * m / (std::sqrt(v) / s.correction2_root + s.eps);
    exp_avg[i] = m;
    exp_avg_sq[i] = v;
    master[i] = w;
    parameter[i] = bf16_from_float(w);
  }
}

}  // namespace segfold
