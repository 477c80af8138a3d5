#include "segfold/data/class_weights.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"

namespace segfold {
namespace {

constexpr ClassWeighting kAll[] = {ClassWeighting::kInverse, ClassWeighting::kMedian, ClassWeighting::kEffective,
                                   ClassWeighting::kEnet};

/// Two images: class 0 in both, class 1 in one, class 2 in none.
const std::vector<std::vector<std::uint64_t>> kImages{{60, 0, 0}, {20, 20, 0}};

TEST(ClassWeights, InverseFrequencyByHand) {
  // Shares 0.8 and 0.2: raw 1.25 and 5, mean 3.125.
  const auto weights = class_weights(ClassWeighting::kInverse, kImages);
  EXPECT_NEAR(weights[0], 0.4, 1e-12);
  EXPECT_NEAR(weights[1], 1.6, 1e-12);
}

TEST(ClassWeights, MedianFrequencyCountsOnlyImagesThatHoldTheClass) {
  // Frequencies 80/100 and 20/40: raw ∝ 1.25 and 2, mean 1.625.
  const auto weights = class_weights(ClassWeighting::kMedian, kImages);
  EXPECT_NEAR(weights[0], 1.25 / 1.625, 1e-12);
  EXPECT_NEAR(weights[1], 2 / 1.625, 1e-12);
}

TEST(ClassWeights, EffectiveNumberByItsFormula) {
  const double beta = 99.0 / 100.0;
  const double a = (1 - beta) / (1 - std::pow(beta, 80));
  const double b = (1 - beta) / (1 - std::pow(beta, 20));
  const auto weights = class_weights(ClassWeighting::kEffective, kImages);
  EXPECT_NEAR(weights[0], 2 * a / (a + b), 1e-12);
  EXPECT_NEAR(weights[1], 2 * b / (a + b), 1e-12);
}

TEST(ClassWeights, EnetByItsFormula) {
  const double a = 1 / std::log(1.82);
  const double b = 1 / std::log(1.22);
  const auto weights = class_weights(ClassWeighting::kEnet, kImages);
  EXPECT_NEAR(weights[0], 2 * a / (a + b), 1e-12);
  EXPECT_NEAR(weights[1], 2 * b / (a + b), 1e-12);
}

TEST(ClassWeights, HaveMeanOneOverTheClassesThatOccurAndOneForTheOthers) {
  for (const ClassWeighting weighting : kAll) {
    const auto weights = class_weights(weighting, kImages);
    EXPECT_NEAR((weights[0] + weights[1]) / 2, 1, 1e-12) << class_weighting_name(weighting);
    EXPECT_EQ(weights[2], 1) << class_weighting_name(weighting);
  }
}

TEST(ClassWeights, RarerClassesNeverWeighLess) {
  const std::vector<std::vector<std::uint64_t>> images{{1000000000, 5000000, 30, 1}};
  for (const ClassWeighting weighting : kAll) {
    const auto weights = class_weights(weighting, images);
    for (std::size_t c = 1; c < weights.size(); ++c) {
      EXPECT_GT(weights[c], weights[c - 1]) << class_weighting_name(weighting) << " " << c;
    }
  }
}

TEST(ClassWeights, ASingleLabelledPixelIsEnough) {
  for (const ClassWeighting weighting : kAll)
    EXPECT_EQ(class_weights(weighting, {{0, 1}}), (std::vector<double>{1, 1}));
}

TEST(ClassWeights, RefusesSamplesWithoutAnyLabel) {
  EXPECT_THROW(class_weights(ClassWeighting::kEnet, {{0, 0}}), DataError);
  EXPECT_THROW(class_weights(ClassWeighting::kEnet, {}), DataError);
}

}  // namespace
}  // namespace segfold
