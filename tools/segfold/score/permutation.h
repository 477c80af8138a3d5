#pragma once

#include <cstdint>
#include <limits>

#include "segfold/score/grouped_counts.h"

namespace segfold {

struct PermutationTest {
  double p_value = std::numeric_limits<double>::quiet_NaN();  ///< two-sided, above 0; NaN where nothing was tested
  std::uint64_t patterns = 0;                                 ///< of swapped groups that were tried
  bool exact = false;                                         ///< all there are, not random ones
};

/// Whether two experiments' mean mIoUs differ by more than chance: were they equally good, then nothing would change if
/// they swapped their predictions in some of the groups. The p-value is the share of patterns of swapped groups that
/// leave a difference at least as large as the one found: of all 2^G patterns up to 16 groups, else of 10,000 random
/// ones, the pattern without a swap counted among them, (b + 1) / (m + 1).
/// The smallest that G groups can give is 2 / 2^G, so fewer than 6 never reach 5 %.
/// @param a, b  runs of equal numbers; run i of one is swapped with run i of the other
/// @throws InternalError if the numbers of runs differ, or without runs or groups.
/// Source: Good 2005, "Permutation, Parametric and Bootstrap Tests of Hypotheses"; Phipson and Smyth 2010, "Permutation
/// p-values should never be zero".
PermutationTest permutation_test(const GroupedRuns& a, const GroupedRuns& b);

}  // namespace segfold
