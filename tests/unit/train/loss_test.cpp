#include "segfold/train/loss.h"

#include <gtest/gtest.h>

#include <cmath>

namespace segfold {
namespace {

TEST(CrossEntropy, OfUniformLogitsIsTheLogarithmOfTheClasses) {
  const PixelLoss loss = cross_entropy(torch::zeros({1, 19, 4, 5}), torch::full({1, 4, 5}, 3, torch::kUInt8));
  EXPECT_NEAR(loss.mean().item<double>(), std::log(19.0), 1e-6);
  EXPECT_EQ(loss.count.item<std::int64_t>(), 20);
}

TEST(CrossEntropy, MatchesAHandComputedValue) {
  // Two pixels, logits (2, 0) with truth 0 and (0, 1) with truth 0: ln(1+e^-2) + ln(1+e^1).
  const torch::Tensor logits = torch::tensor({2.0F, 0.0F, 0.0F, 1.0F}).reshape({1, 2, 1, 2});
  const PixelLoss loss = cross_entropy(logits, torch::zeros({1, 1, 2}, torch::kUInt8));
  EXPECT_NEAR(loss.sum.item<double>(), std::log1p(std::exp(-2.0)) + std::log1p(std::exp(1.0)), 1e-6);
}

TEST(CrossEntropy, IgnoredPixelsNeitherCountNorGiveAGradient) {
  const torch::Tensor logits = torch::randn({1, 3, 2, 2}).requires_grad_();
  torch::Tensor labels = torch::zeros({1, 2, 2}, torch::kUInt8);
  labels[0][1][1] = 255;
  const PixelLoss loss = cross_entropy(logits, labels);
  loss.mean().backward();
  EXPECT_EQ(loss.count.item<std::int64_t>(), 3);
  EXPECT_EQ(logits.grad().index({0, torch::indexing::Slice(), 1, 1}).abs().sum().item<float>(), 0.0F);
  EXPECT_GT(logits.grad().index({0, torch::indexing::Slice(), 0, 0}).abs().sum().item<float>(), 0.0F);
}

TEST(CrossEntropy, OfNothingButVoidIsZeroAndHarmless) {
  const torch::Tensor logits = torch::randn({1, 3, 2, 2}).requires_grad_();
  const PixelLoss loss = cross_entropy(logits, torch::full({1, 2, 2}, 255, torch::kUInt8));
  loss.mean().backward();
  EXPECT_EQ(loss.mean().item<double>(), 0.0);
  EXPECT_EQ(logits.grad().abs().sum().item<float>(), 0.0F);
}

}  // namespace
}  // namespace segfold
