#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "segfold/score/boundary.h"
#include "segfold/score/object_size.h"

namespace segfold {

/// What one picture says about fine structures, per class: integers, from which every score follows.
struct FineCounts {
  std::vector<BoundaryCounts> boundary;                    ///< [C]
  std::array<OverlapCounts, kObjectSizes> by_object_size;  ///< small, medium, large
  bool operator==(const FineCounts&) const = default;
};

/// @param truth, prediction  [size.height, size.width] train ids; 255 in the truth is void
/// @throws as compare_maps.
FineCounts fine_counts(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> prediction, Size size,
                       int classes);

/// Scores over many pictures, of one fold or of several; the same bits in whatever order they are added.
class FineScores {
 public:
  explicit FineScores(int classes);

  /// @throws InternalError if the numbers of classes differ.
  void add(const FineCounts& picture);

  /// [C] the boundary F of each class (BoundaryCounts::f): the mean over the pictures that have a boundary of the class
  /// in truth or prediction, as Csurka et al. 2013 have it; NaN where none has. The F of the summed counts, which gives
  /// long boundaries more weight, follows from FineCounts as well.
  std::vector<double> boundary_f() const;

  /// [C] for each size of object the IoU of the counts summed over the pictures; NaN where a class has none.
  std::array<std::vector<double>, kObjectSizes> object_size_iou() const;

 private:
  std::vector<std::vector<double>> boundary_f_;  ///< [C][pictures that have the class]
  std::array<OverlapCounts, kObjectSizes> by_object_size_;
};

}  // namespace segfold
