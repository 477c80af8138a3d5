#include "segfold/score/permutation.h"

#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/random.h"

namespace segfold {
namespace {

constexpr std::size_t kMostExactGroups = 16;
constexpr int kRandomPatterns = 10'000;
// Equal differences may be sums of the same fractions in another order.
constexpr double kRounding = 1e-12;

using Pattern = std::vector<std::uint32_t>;  ///< [G] 1 = swapped, 0 = not

/// Difference of the mean mIoUs when the experiments swap their predictions in the groups of the pattern.
double swapped_difference(const GroupedRuns& a, const GroupedRuns& b, const Pattern& swapped) {
  Pattern kept = swapped;
  for (std::uint32_t& group : kept) group = 1 - group;
  double sum = 0;
  for (std::size_t run = 0; run < a.size(); ++run) {
    ClassCounts first = pooled(a[run], kept);
    first += pooled(b[run], swapped);
    ClassCounts second = pooled(b[run], kept);
    second += pooled(a[run], swapped);
    sum += first.mean_iou() - second.mean_iou();
  }
  return sum / static_cast<double>(a.size());
}

Pattern numbered_pattern(std::uint64_t number, std::size_t groups) {
  Pattern pattern(groups);
  for (std::size_t g = 0; g < groups; ++g) pattern[g] = static_cast<std::uint32_t>(number >> g & 1);
  return pattern;
}

Pattern random_pattern(int number, std::size_t groups) {
  RandomStream random(random_key({"comparison", "permutation", number}));
  Pattern pattern(groups);
  for (std::uint32_t& group : pattern) group = random.next() & 1;
  return pattern;
}

}  // namespace

PermutationTest permutation_test(const GroupedRuns& a, const GroupedRuns& b) {
  if (a.empty() || a.size() != b.size()) throw InternalError("a permutation test of unpaired runs");
  const std::size_t groups = a.front().size();
  if (groups == 0) throw InternalError("a permutation test without groups");
  const double found = std::abs(swapped_difference(a, b, Pattern(groups, 0))) - kRounding;
  const auto as_large = [&](const Pattern& pattern) { return std::abs(swapped_difference(a, b, pattern)) >= found; };
  if (groups <= kMostExactGroups) {
    // To swap the others instead turns the difference's sign and keeps its size, so half of the patterns tell all.
    const std::uint64_t half = (std::uint64_t{1} << groups) / 2;
    std::uint64_t count = 0;
    for (std::uint64_t number = 0; number < half; ++number) count += as_large(numbered_pattern(number, groups)) ? 1 : 0;
    return {static_cast<double>(count) / static_cast<double>(half), 2 * half, true};
  }
  int count = 0;
  for (int number = 0; number < kRandomPatterns; ++number) count += as_large(random_pattern(number, groups)) ? 1 : 0;
  return {(count + 1.0) / (kRandomPatterns + 1.0), kRandomPatterns, false};
}

}  // namespace segfold
