#include "segfold/score/permutation.h"

#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/random.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using testing::expect_error;

/// A group of one class with 10 pixels.
ClassCounts ten_pixels(std::uint64_t right) {
  ClassCounts counts(1);
  counts.tp = {right};
  counts.seen = {10};
  return counts;
}

GroupedCounts groups_of(const std::vector<std::uint64_t>& right) {
  GroupedCounts groups;
  for (const std::uint64_t tp : right) groups.push_back(ten_pixels(tp));
  return groups;
}

/// Runs of three classes with counts that have nothing to do with each other.
GroupedRuns random_runs(std::size_t runs, std::size_t groups, const std::string& name) {
  RandomStream random(random_key({"permutation test", name, groups}));
  GroupedRuns result(runs, GroupedCounts(groups, ClassCounts(3)));
  for (GroupedCounts& run : result) {
    for (ClassCounts& counts : run) {
      for (std::size_t c = 0; c < 3; ++c) {
        counts.tp[c] = 40 + random.below(20);
        counts.seen[c] = counts.tp[c] + 1 + random.below(60);
      }
    }
  }
  return result;
}

/// Mean IoU of three classes after the swaps of `pattern`, of `own` where a bit is 0 and of `other` where it is 1.
double mixed_miou(const GroupedCounts& own, const GroupedCounts& other, unsigned pattern) {
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    double tp = 0, seen = 0;
    for (std::size_t g = 0; g < own.size(); ++g) {
      const ClassCounts& counts = (pattern >> g & 1) != 0 ? other[g] : own[g];
      tp += static_cast<double>(counts.tp[c]);
      seen += static_cast<double>(counts.seen[c]);
    }
    sum += tp / seen;
  }
  return sum / 3;
}

/// The share of all 2^G patterns with a difference as large as without a swap, counted one by one.
double brute_force(const GroupedRuns& a, const GroupedRuns& b) {
  const auto difference = [&](unsigned pattern) {
    double sum = 0;
    for (std::size_t run = 0; run < a.size(); ++run) {
      sum += mixed_miou(a[run], b[run], pattern) - mixed_miou(b[run], a[run], pattern);
    }
    return std::abs(sum);
  };
  const unsigned patterns = 1U << a.front().size();
  unsigned count = 0;
  for (unsigned pattern = 0; pattern < patterns; ++pattern) count += difference(pattern) > difference(0) - 1e-9 ? 1 : 0;
  return static_cast<double>(count) / patterns;
}

TEST(PermutationTest, CountsThePatternsThatDifferAsMuch) {
  // Right of 20 pixels: 10 against 3; with the first group swapped 7 against 6, with the second 6 against 7, with both
  // 3 against 10. Two of four differ by 7.
  const PermutationTest test = permutation_test({groups_of({4, 6})}, {groups_of({1, 2})});
  EXPECT_DOUBLE_EQ(test.p_value, 0.5);
  EXPECT_EQ(test.patterns, 4u);
  EXPECT_TRUE(test.exact);
}

TEST(PermutationTest, GivesTheSmallestPValueToWhoIsBetterEverywhere) {
  const GroupedRuns better = {groups_of({9, 8, 7, 9, 6, 8})};
  const GroupedRuns worse = {groups_of({5, 6, 4, 1, 2, 3})};
  EXPECT_DOUBLE_EQ(permutation_test(better, worse).p_value, 2.0 / 64.0);
  EXPECT_DOUBLE_EQ(permutation_test(worse, better).p_value, 2.0 / 64.0);
}

TEST(PermutationTest, SeesNoDifferenceBetweenEqualExperiments) {
  const GroupedRuns runs = random_runs(2, 7, "equal");
  EXPECT_DOUBLE_EQ(permutation_test(runs, runs).p_value, 1.0);
}

TEST(PermutationTest, EqualsAnEnumerationOfAllPatterns) {
  for (const std::size_t groups : {1, 2, 5, 8, 11}) {
    for (const std::size_t runs : {1, 3}) {
      const GroupedRuns a = random_runs(runs, groups, "a");
      const GroupedRuns b = random_runs(runs, groups, "b");
      EXPECT_DOUBLE_EQ(permutation_test(a, b).p_value, brute_force(a, b)) << groups << " groups, " << runs << " runs";
    }
  }
}

TEST(PermutationTest, TriesRandomPatternsWhereThereAreTooManyGroups) {
  // A group without a pixel doubles the patterns and changes no p-value.
  GroupedRuns a = random_runs(1, 16, "a"), b = random_runs(1, 16, "b");
  const PermutationTest exact = permutation_test(a, b);
  EXPECT_TRUE(exact.exact);
  EXPECT_EQ(exact.patterns, 65'536u);
  EXPECT_GT(exact.p_value, 0.05);
  EXPECT_LT(exact.p_value, 0.95);
  a[0].emplace_back(3);
  b[0].emplace_back(3);
  const PermutationTest random = permutation_test(a, b);
  EXPECT_FALSE(random.exact);
  EXPECT_EQ(random.patterns, 10'000u);
  EXPECT_NEAR(random.p_value, exact.p_value, 0.015);  // three standard errors at most
}

TEST(PermutationTest, NeverGivesZero) {
  const std::size_t groups = 40;
  const GroupedRuns better = {groups_of(std::vector<std::uint64_t>(groups, 8))};
  const GroupedRuns worse = {groups_of(std::vector<std::uint64_t>(groups, 4))};
  EXPECT_DOUBLE_EQ(permutation_test(better, worse).p_value, 1.0 / 10'001.0);
}

TEST(PermutationTest, RefusesRunsThatAreNotPaired) {
  const GroupedRuns one = random_runs(1, 6, "one"), two = random_runs(2, 6, "two");
  expect_error<InternalError>([&] { permutation_test(one, two); }, {"unpaired"});
  expect_error<InternalError>([&] { permutation_test({}, {}); }, {"unpaired"});
  expect_error<InternalError>([&] { permutation_test({{}}, {{}}); }, {"without groups"});
}

}  // namespace
}  // namespace segfold
