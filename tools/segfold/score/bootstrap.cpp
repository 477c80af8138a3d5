#include "segfold/score/bootstrap.h"

#include <algorithm>

#include "segfold/base/random.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

constexpr double kLow = 0.025;
constexpr double kHigh = 0.975;

/// How often each group is drawn in the resample of that number.
std::vector<std::uint32_t> draw_groups(std::size_t groups, int resample) {
  RandomStream random(random_key({"comparison", "bootstrap", resample}));
  std::vector<std::uint32_t> times(groups, 0);
  for (std::size_t i = 0; i < groups; ++i) ++times[random.below(groups)];
  return times;
}

/// @param sorted  not empty. @param share  0–1
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

std::vector<double> bootstrap_mious(const GroupedRuns& runs, int resamples) {
  std::vector<double> means;
  std::vector<double> mious(runs.size());
  for (int resample = 0; resample < resamples; ++resample) {
    const std::vector<std::uint32_t> times = draw_groups(runs.front().size(), resample);
    for (std::size_t run = 0; run < runs.size(); ++run) mious[run] = pooled(runs[run], times).mean_iou();
    means.push_back(mean(mious));
  }
  return means;
}

ConfidenceInterval percentile_interval(std::vector<double> values) {
  std::ranges::sort(values);
  return {quantile(values, kLow), quantile(values, kHigh)};
}

}  // namespace segfold
