#pragma once

#include <limits>
#include <vector>

#include "segfold/score/grouped_counts.h"

namespace segfold {

/// The mean mIoU that the runs would have had on other groups: groups are drawn with replacement, as many as there are,
/// their counts are summed, and the mean IoU of the sums is averaged over the runs. Whole groups are drawn because
/// images of one group (a city) resemble each other and so tell less than as many independent ones.
/// The r-th resample draws the same groups whatever the runs are, so the results of two experiments are paired.
/// @param runs  one at least, of one group at least. @param resamples  how many; at least 1
/// @return [resamples].  Source: Davison and Hinkley 1997, "Bootstrap Methods and their Application", section 3.8.
std::vector<double> bootstrap_mious(const GroupedRuns& runs, int resamples);

/// NaN where there is none.
struct ConfidenceInterval {
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};

/// From the 2.5 % to the 97.5 % quantile, between two values by linear interpolation. @param values  not empty, no NaN.
/// With few groups the interval of a bootstrap is narrower than 95 % of certainty would need: 12 groups give about 91
/// %.
ConfidenceInterval percentile_interval(std::vector<double> values);

}  // namespace segfold
