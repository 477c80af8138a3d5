#pragma once

#include <cstdint>
#include <vector>

#include "segfold/score/compared_maps.h"

namespace segfold {

/// How far apart in pixels of the comparison's grid a predicted and a true boundary may lie and still be the same one.
inline constexpr int kBoundaryTolerancePx = 2;

/// Boundary pixels of one class in one picture. A boundary pixel bears the class and has, above, below, left or right
/// of it, a pixel of another class; void and the picture's edge make no boundary. It is matched where the other map has
/// a boundary pixel of the same class within a Euclidean distance of kBoundaryTolerancePx.
struct BoundaryCounts {
  std::uint64_t matched_predicted = 0;
  std::uint64_t predicted = 0;
  std::uint64_t matched_truth = 0;
  std::uint64_t truth = 0;

  /// F1 of precision (matched_predicted / predicted) and recall (matched_truth / truth): 0 where only one of the maps
  /// has a boundary, NaN where neither has.
  /// Source: Csurka et al. 2013, "What is a good evaluation measure for semantic segmentation?" (BMVC), section 3;
  /// Perazzi et al. 2016, "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation", section 5.
  double f() const;
  bool operator==(const BoundaryCounts&) const = default;
};

/// @returns [C] counts by class.
std::vector<BoundaryCounts> boundary_counts(const ComparedMaps& maps);

}  // namespace segfold
