#include "segfold/train/adam_kernel.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

namespace segfold {
namespace {

AdamStep step_number(int t) {
  return {1e-2F,
          0.9F,
          0.1F,
          0.999F,
          0.001F,
          1e-8F,
          0.1F,
          1.0F,
          static_cast<float>(1 - std::pow(0.9, t)),
          static_cast<float>(std::sqrt(1 - std::pow(0.999, t)))};
}

/// A parameter of 1,003 elements with all it needs.
struct Parameter {
  torch::Tensor master = torch::linspace(-2, 2, 1003);
  torch::Tensor mean = torch::zeros({1003});
  torch::Tensor square = torch::zeros({1003});
  torch::Tensor rounded = master.to(torch::kBFloat16);

  void update(const AdamStep& step, const torch::Tensor& gradient, std::int64_t begin, std::int64_t end) {
    adam_update_bf16(step, static_cast<const std::uint16_t*>(gradient.const_data_ptr()) + begin,
                     master.data_ptr<float>() + begin, mean.data_ptr<float>() + begin, square.data_ptr<float>() + begin,
                     static_cast<std::uint16_t*>(rounded.data_ptr()) + begin, end - begin);
  }
};

torch::Tensor gradient_of(int t) { return (torch::arange(1003) * 0.37 + t).sin().to(torch::kBFloat16); }

TEST(AdamKernel, FollowsTheFormula) {
  Parameter parameter;
  torch::Tensor w = parameter.master.to(torch::kFloat64).clone();
  torch::Tensor m = torch::zeros_like(w);
  torch::Tensor v = torch::zeros_like(w);
  for (int t = 1; t <= 4; ++t) {
    parameter.update(step_number(t), gradient_of(t), 0, 1003);
    const torch::Tensor g = gradient_of(t).to(torch::kFloat64) + 0.1 * w;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    w = w - 1e-2 * (m / (1 - std::pow(0.9, t))) / ((v / (1 - std::pow(0.999, t))).sqrt() + 1e-8);
  }
  EXPECT_TRUE(torch::allclose(parameter.master.to(torch::kFloat64), w, 1e-5, 1e-6));
}

TEST(AdamKernel, RoundsToTheNearestBfloat16AsLibTorchDoes) {
  Parameter parameter;
  parameter.update(step_number(1), gradient_of(1), 0, 1003);
  EXPECT_TRUE(torch::equal(parameter.rounded, parameter.master.to(torch::kBFloat16)));
}

TEST(AdamKernel, AnySplitOfTheRangeGivesTheSameBits) {
  Parameter whole;
  Parameter parts;
  whole.update(step_number(1), gradient_of(1), 0, 1003);
  for (const std::int64_t begin : {0, 17, 500})
    parts.update(step_number(1), gradient_of(1), begin, begin == 0 ? 17 : begin == 17 ? 500 : 1003);
  EXPECT_TRUE(torch::equal(whole.master, parts.master));
  EXPECT_TRUE(torch::equal(whole.square, parts.square));
}

}  // namespace
}  // namespace segfold
