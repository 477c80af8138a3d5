#include "segfold/data/stratify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "segfold/base/random.h"

namespace segfold {
namespace {

using Pixels = std::vector<std::vector<std::uint64_t>>;

std::vector<std::size_t> in_order(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

/// Samples of three classes; the last one occurs in few of them.
Pixels uneven_pixels(std::size_t count) {
  RandomStream random(5);
  Pixels pixels;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t common = 100 + random.below(900);
    const std::uint64_t other = random.below(500);
    const bool rare = random.chance(0.3);
    pixels.push_back({common, other, rare ? random.below(200) : 0});
  }
  return pixels;
}

/// Σ over folds and classes of (share of the class's pixels − share of the samples)².
double unevenness(const Pixels& pixels, const std::vector<int>& folds, const std::vector<std::size_t>& sizes) {
  double sum = 0;
  for (std::size_t c = 0; c < pixels.front().size(); ++c) {
    std::vector<double> held(sizes.size(), 0);
    double total = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      held[static_cast<std::size_t>(folds[i])] += static_cast<double>(pixels[i][c]);
      total += static_cast<double>(pixels[i][c]);
    }
    for (std::size_t fold = 0; fold < sizes.size(); ++fold) {
      const double due = static_cast<double>(sizes[fold]) / static_cast<double>(pixels.size());
      sum += (held[fold] / total - due) * (held[fold] / total - due);
    }
  }
  return sum;
}

TEST(Stratify, FillsEveryFoldToItsSize) {
  const std::vector<std::size_t> sizes = {7, 1, 12};
  const auto folds = stratify(uneven_pixels(20), sizes, in_order(20));
  for (std::size_t fold = 0; fold < sizes.size(); ++fold)
    EXPECT_EQ(std::ranges::count(folds, static_cast<int>(fold)), static_cast<long>(sizes[fold]));
}

TEST(Stratify, SharesOneClassAsEvenlyAsItCanBe) {
  // 4 + 1 and 3 + 2 pixels: five for each fold.
  EXPECT_EQ(stratify({{4}, {3}, {2}, {1}}, {2, 2}, in_order(4)), (std::vector<int>{0, 1, 1, 0}));
}

TEST(Stratify, EndsWhereNoSwapOfTwoSamplesWouldHelp) {
  const std::vector<std::size_t> sizes = {10, 10, 10};
  const Pixels pixels = uneven_pixels(30);
  const auto folds = stratify(pixels, sizes, in_order(30));
  const double reached = unevenness(pixels, folds, sizes);
  for (std::size_t a = 0; a < folds.size(); ++a) {
    for (std::size_t b = a + 1; b < folds.size(); ++b) {
      auto swapped = folds;
      std::swap(swapped[a], swapped[b]);
      EXPECT_GE(unevenness(pixels, swapped, sizes), reached - 1e-9) << a << " and " << b;
    }
  }
}

TEST(Stratify, IsEvenWhereThereAreTooManySamplesForSwaps) {
  // Placing 7000 … 1 in this order evens itself out; in the other one the last ones would leave thousands over.
  Pixels pixels;
  for (std::uint64_t i = 1; i <= 7000; ++i) pixels.push_back({i});
  const auto folds = stratify(pixels, {3500, 3500}, in_order(7000));
  std::int64_t difference = 0;
  for (std::size_t i = 0; i < folds.size(); ++i)
    difference += (folds[i] == 0 ? 1 : -1) * static_cast<std::int64_t>(pixels[i][0]);
  EXPECT_LT(std::abs(difference), 10);
}

TEST(Stratify, LetsTheOrderDecideBetweenEquals) {
  const Pixels alike(2, {5});
  EXPECT_EQ(stratify(alike, {1, 1}, {0, 1}), (std::vector<int>{0, 1}));
  EXPECT_EQ(stratify(alike, {1, 1}, {1, 0}), (std::vector<int>{1, 0}));
}

TEST(Stratify, IsNotDisturbedByAClassWithoutPixels) {
  EXPECT_EQ(stratify({{4, 0}, {3, 0}, {2, 0}, {1, 0}}, {2, 2}, in_order(4)), (std::vector<int>{0, 1, 1, 0}));
}

}  // namespace
}  // namespace segfold
