#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "segfold/score/metrics.h"

namespace segfold {

/// Pixels of each class summed over images: all that a pooled IoU needs.
struct ClassCounts {
  std::vector<std::uint64_t> tp;    ///< [C] predicted right
  std::vector<std::uint64_t> seen;  ///< [C] of the class in truth, in prediction or in both: tp + fp + fn

  ClassCounts() = default;
  explicit ClassCounts(std::size_t classes) : tp(classes), seen(classes) {}
  ClassCounts& operator+=(const ClassCounts& other);
  bool operator==(const ClassCounts&) const = default;

  /// Mean IoU over the classes that are seen; NaN if none is. The same number as ConfusionMatrix::mean_iou().
  double mean_iou() const;
};

/// One model's counts by group of images that resemble each other, such as a city: [G].
using GroupedCounts = std::vector<ClassCounts>;

/// The models of one experiment, one of each fold and seed: [runs][G], all over the same groups.
using GroupedRuns = std::vector<GroupedCounts>;

/// Names of the groups in which at least one pixel has a true class, sorted. Without the others every sum over drawn
/// groups has a mean IoU.
std::vector<std::string> scored_groups(const std::vector<ImageCounts>& images);

/// Sums images by group. @param groups  sorted; images of other groups are left out. @return [groups]
GroupedCounts group_counts(const std::vector<ImageCounts>& images, const std::vector<std::string>& groups);

/// Sum of the groups, each counted as often as `times` [G] says.
ClassCounts pooled(const GroupedCounts& groups, std::span<const std::uint32_t> times);

}  // namespace segfold
