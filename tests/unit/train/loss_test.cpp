#include "segfold/train/loss.h"

#include <gtest/gtest.h>

#include <cmath>

namespace segfold {
namespace {

/// A loss with its sums.
struct Loss {
  Loss(const torch::Tensor& logits, const torch::Tensor& labels, const LossOptions& options = {},
       const std::vector<double>& weights = {})
      : sums(SegmentationLoss(options, weights).sums(logits, labels)),
        value(SegmentationLoss(options, weights).value(sums)) {}
  LossSums sums;
  torch::Tensor value;
};

const LossOptions kDiceAlone{.kind = LossKind::kCrossEntropyDice, .ce_weight = 0};

torch::Tensor some_labels() { return torch::arange(2 * 6 * 8).remainder(3).to(torch::kUInt8).reshape({2, 6, 8}); }

TEST(CrossEntropy, OfUniformLogitsIsTheLogarithmOfTheClasses) {
  const Loss loss(torch::zeros({1, 19, 4, 5}), torch::full({1, 4, 5}, 3, torch::kUInt8));
  EXPECT_NEAR(loss.value.item<double>(), std::log(19.0), 1e-6);
  EXPECT_EQ(loss.sums.pixels.item<std::int64_t>(), 20);
}

TEST(CrossEntropy, MatchesAHandComputedValue) {
  // Two pixels, logits (2, 0) with truth 0 and (0, 1) with truth 0: ln(1+e^-2) + ln(1+e^1).
  const torch::Tensor logits = torch::tensor({2.0F, 0.0F, 0.0F, 1.0F}).reshape({1, 2, 1, 2});
  const Loss loss(logits, torch::zeros({1, 1, 2}, torch::kUInt8));
  EXPECT_NEAR(loss.sums.cross_entropy.item<double>(), std::log1p(std::exp(-2.0)) + std::log1p(std::exp(1.0)), 1e-6);
}

TEST(CrossEntropy, IgnoredPixelsNeitherCountNorGiveAGradient) {
  const torch::Tensor logits = torch::randn({1, 3, 2, 2}).requires_grad_();
  torch::Tensor labels = torch::zeros({1, 2, 2}, torch::kUInt8);
  labels[0][1][1] = 255;
  const Loss loss(logits, labels);
  loss.value.backward();
  EXPECT_EQ(loss.sums.pixels.item<std::int64_t>(), 3);
  EXPECT_EQ(logits.grad().index({0, torch::indexing::Slice(), 1, 1}).abs().sum().item<float>(), 0.0F);
  EXPECT_GT(logits.grad().index({0, torch::indexing::Slice(), 0, 0}).abs().sum().item<float>(), 0.0F);
}

TEST(CrossEntropy, OfNothingButVoidIsZeroAndHarmless) {
  const torch::Tensor logits = torch::randn({1, 3, 2, 2}).requires_grad_();
  const Loss loss(logits, torch::full({1, 2, 2}, 255, torch::kUInt8));
  loss.value.backward();
  EXPECT_EQ(loss.value.item<double>(), 0.0);
  EXPECT_EQ(logits.grad().abs().sum().item<float>(), 0.0F);
}

TEST(WeightedCrossEntropy, DividesByTheWeightsOfThePixelsThatCount) {
  // Logits 0 everywhere: each pixel loses ln 2, whatever its weight, and so does their weighted mean.
  const torch::Tensor labels = torch::tensor({0, 1, 255, 1}, torch::kUInt8).reshape({1, 2, 2});
  const Loss even(torch::zeros({1, 2, 2, 2}), labels, {.kind = LossKind::kWeighted}, {0.5, 3});
  EXPECT_NEAR(even.value.item<double>(), std::log(2.0), 1e-6);
  EXPECT_NEAR(even.sums.weight.item<double>(), 0.5 + 3 + 3, 1e-6);
}

TEST(WeightedCrossEntropy, WithEqualWeightsIsThePlainOne) {
  const torch::Tensor logits = torch::randn({2, 3, 6, 8});
  const Loss plain(logits, some_labels());
  const Loss weighted(logits, some_labels(), {.kind = LossKind::kWeighted}, {2, 2, 2});
  EXPECT_NEAR(plain.value.item<double>(), weighted.value.item<double>(), 1e-6);
}

TEST(Dice, OfAPerfectPredictionIsZeroAndOfAWrongOneIsOne) {
  const torch::Tensor labels = torch::tensor({0, 0, 1, 1}, torch::kUInt8).reshape({1, 2, 2});
  const torch::Tensor right = torch::tensor({50.F, 50.F, -50.F, -50.F, -50.F, -50.F, 50.F, 50.F}).reshape({1, 2, 2, 2});
  EXPECT_NEAR(Loss(right, labels, kDiceAlone).value.item<double>(), 0, 1e-6);
  EXPECT_NEAR(Loss(-right, labels, kDiceAlone).value.item<double>(), 1, 1e-6);
}

TEST(Dice, MatchesAHandComputedValueAndIsNotJaccard) {
  // Two pixels, classes 0 and 1, p = 1/2 everywhere: per class overlap 1/2, extent 1 + 1.
  // Dice 2 · 0.5 / 2 = 0.5; Jaccard would be 0.5 / (2 − 0.5) = 1/3.
  const torch::Tensor labels = torch::tensor({0, 1}, torch::kUInt8).reshape({1, 1, 2});
  EXPECT_NEAR(Loss(torch::zeros({1, 2, 1, 2}), labels, kDiceAlone).value.item<double>(), 0.5, 1e-6);
}

TEST(Dice, IsNeverAboveTheLossOfJaccard) {
  // D = 2J / (1 + J) ≥ J, with equality only at 0 and 1.
  for (int i = 0; i < 20; ++i) {
    const Loss loss(torch::randn({2, 3, 6, 8}), some_labels(), kDiceAlone);
    const torch::Tensor jaccard = loss.sums.overlap / (loss.sums.extent - loss.sums.overlap);
    EXPECT_LT(loss.value.item<double>(), 1 - jaccard.mean().item<double>() - 0.05);
  }
}

TEST(Dice, LeavesOutClassesThatDoNotOccur) {
  // The third class never occurs; what is predicted of it costs the others their overlap but is no class of its own.
  const torch::Tensor labels = torch::tensor({0, 1}, torch::kUInt8).reshape({1, 1, 2});
  const torch::Tensor logits = torch::zeros({1, 3, 1, 2}).requires_grad_();
  const Loss loss(logits, labels, kDiceAlone);
  const double dice = 2 * (1.0 / 3) / (2.0 / 3 + 1);
  EXPECT_NEAR(loss.value.item<double>(), 1 - dice, 1e-6);
  loss.value.backward();
  EXPECT_TRUE(logits.grad().isfinite().all().item<bool>());
}

TEST(Dice, IgnoresVoidPixels) {
  torch::Tensor labels = some_labels();
  labels[0][0].fill_(255);
  torch::Tensor logits = torch::randn({2, 3, 6, 8}).requires_grad_();
  const Loss loss(logits, labels, kDiceAlone);
  loss.value.backward();
  using torch::indexing::Slice;
  EXPECT_EQ(logits.grad().index({0, Slice(), 0}).abs().sum().item<float>(), 0.0F);
  torch::Tensor other = logits.detach().clone();
  other.index_put_({0, Slice(), 0}, 9.0F);
  EXPECT_EQ(loss.value.item<double>(), Loss(other, labels, kDiceAlone).value.item<double>());
}

TEST(Dice, IsTakenOverTheWholeBatch) {
  const torch::Tensor logits = torch::randn({2, 3, 6, 8});
  const SegmentationLoss loss(kDiceAlone);
  LossSums both = loss.sums(logits.slice(0, 0, 1), some_labels().slice(0, 0, 1));
  LossSums total;
  total.add(both);
  total.add(loss.sums(logits.slice(0, 1, 2), some_labels().slice(0, 1, 2)));
  EXPECT_NEAR(loss.value(total).item<double>(), Loss(logits, some_labels(), kDiceAlone).value.item<double>(), 1e-6);
}

TEST(CrossEntropyDice, IsTheWeightedSumOfBoth) {
  const torch::Tensor logits = torch::randn({2, 3, 6, 8});
  const auto ce = Loss(logits, some_labels()).value.item<double>();
  const auto dice = Loss(logits, some_labels(), kDiceAlone).value.item<double>();
  const LossOptions mixed{.kind = LossKind::kCrossEntropyDice, .ce_weight = 0.5, .dice_weight = 2};
  EXPECT_NEAR(Loss(logits, some_labels(), mixed).value.item<double>(), 0.5 * ce + 2 * dice, 1e-5);
}

TEST(CrossEntropyDice, OfNothingButVoidIsZeroAndHarmless) {
  const torch::Tensor logits = torch::randn({1, 3, 2, 2}).requires_grad_();
  const Loss loss(logits, torch::full({1, 2, 2}, 255, torch::kUInt8), {.kind = LossKind::kCrossEntropyDice});
  loss.value.backward();
  EXPECT_EQ(loss.value.item<double>(), 0.0);
  EXPECT_EQ(logits.grad().abs().sum().item<float>(), 0.0F);
}

}  // namespace
}  // namespace segfold
