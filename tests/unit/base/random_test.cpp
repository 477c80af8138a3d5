#include "segfold/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace segfold {
namespace {

using Block = std::array<std::uint32_t, 4>;
constexpr std::uint64_t kOnes = ~std::uint64_t{0};

TEST(Philox, GivesThePublishedNumbers) {
  // Random123's kat_vectors, "philox4x32 10" with counter and key 0.
  EXPECT_EQ(RandomStream::block(0, 0), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  // The published vectors with other counters use its high words too, which are 0 here: these two are from a Python
  // implementation that gives all published ones.
  EXPECT_EQ(RandomStream::block(0x299f31d0a4093822, 0x85a308d3243f6a88),
            (Block{0xe69c9c31, 0xb5a3d762, 0xe733bfc1, 0x341a787c}));
  EXPECT_EQ(RandomStream::block(kOnes, kOnes), (Block{0x4d18d7d2, 0x430ac65a, 0xbd2fa22a, 0x0afae10d}));
}

TEST(RandomStream, IsItsBlocksInOrder) {
  RandomStream random(7);
  for (std::uint64_t counter = 0; counter < 3; ++counter) {
    for (const std::uint32_t word : RandomStream::block(7, counter)) EXPECT_EQ(random.next(), word);
  }
}

TEST(RandomKey, MixesAsSplitMix64Does) {
  EXPECT_EQ(KeyPart::mix(0), 0xe220a8397b1dcdafULL);  // the first number of SplitMix64 with seed 0
}

TEST(RandomKey, DependsOnEveryPartAndOnTheirOrder) {
  const std::set<std::uint64_t> keys{
      random_key({}),
      random_key({0}),
      random_key({0, 0}),
      random_key({1, 2}),
      random_key({2, 1}),
      random_key({"augment", 1}),
      random_key({"Augment", 1}),
      random_key({"1"}),
      random_key({1}),
      random_key({""}),
      random_key({"ab", "c"}),
      random_key({"a", "bc"}),
  };
  EXPECT_EQ(keys.size(), 12u);
}

TEST(RandomKey, TakesEqualPartsOfOtherTypesAsEqual) {
  EXPECT_EQ(random_key({std::int64_t{3}, std::string("x")}), random_key({3u, std::string_view("x")}));
}

TEST(Below, StaysBelowItsBoundAndMeetsEveryValue) {
  RandomStream random(1);
  EXPECT_EQ(random.below(1), 0u);
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 70'000; ++i) ++counts[random.below(7)];
  EXPECT_EQ(counts.size(), 7u);
  EXPECT_EQ(counts.rbegin()->first, 6u);
  for (const auto& [value, count] : counts) EXPECT_NEAR(count, 10'000, 400) << value;  // standard deviation 93
}

TEST(Below, HasNoBiasWhereTheBoundIsHuge) {
  // 3/4 of all 64-bit values: without drawing again, the first third would come up in half of all cases.
  constexpr std::uint64_t kThird = std::uint64_t{1} << 62;
  RandomStream random(2);
  int first_third = 0;
  for (int i = 0; i < 9000; ++i) {
    const std::uint64_t value = random.below(3 * kThird);
    ASSERT_LT(value, 3 * kThird);
    first_third += value < kThird ? 1 : 0;
  }
  EXPECT_NEAR(first_third, 3000, 200);  // standard deviation 45
}

TEST(Uniform, FillsTheHalfOpenInterval) {
  RandomStream random(3);
  constexpr int kDraws = 50'000;
  double sum = 0;
  double least = 1;
  double most = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.uniform();
    sum += value;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  EXPECT_GE(least, 0.0);
  EXPECT_LT(most, 1.0);
  EXPECT_LT(least, 0.001);
  EXPECT_GT(most, 0.999);
  EXPECT_NEAR(sum / kDraws, 0.5, 0.006);  // standard deviation 0.0013
  const double scaled = random.uniform(-3, -2);
  EXPECT_TRUE(scaled >= -3 && scaled < -2) << scaled;
}

TEST(Chance, IsNeverAtZeroAndAlwaysAtOne) {
  RandomStream random(4);
  int often = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(random.chance(0));
    EXPECT_TRUE(random.chance(1));
    often += random.chance(0.25) ? 1 : 0;
  }
  EXPECT_NEAR(often, 2500, 200);  // standard deviation 43
}

TEST(Normal, HasMeanZeroAndVarianceOne) {
  RandomStream random(5);
  constexpr int kDraws = 50'000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);      // standard deviation 0.0045
  EXPECT_NEAR(squares / kDraws, 1, 0.03);  // standard deviation 0.0063
}

TEST(Shuffle, MakesEveryOrderEquallyLikely) {
  constexpr int kEach = 1000;
  std::map<std::vector<int>, int> counts;
  for (int i = 0; i < 24 * kEach; ++i) {
    std::vector<int> items{0, 1, 2, 3};
    RandomStream random(random_key({"shuffle", i}));
    shuffle(items, random);
    ++counts[items];
  }
  EXPECT_EQ(counts.size(), 24u);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, kEach, 150);  // standard deviation 31
}

TEST(Shuffle, KeepsTheItems) {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> shuffled = items;
  RandomStream random(6);
  shuffle(shuffled, random);
  EXPECT_NE(shuffled, items);
  std::ranges::sort(shuffled);
  EXPECT_EQ(shuffled, items);
  std::vector<int> none;
  shuffle(none, random);
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace segfold
