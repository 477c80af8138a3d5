#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "segfold/score/compared_maps.h"

namespace segfold {

inline constexpr std::size_t kObjectSizes = 3;
inline constexpr std::array<std::string_view, kObjectSizes> kObjectSizeNames{"small", "medium", "large"};

/// Areas in pixels from which on an object is medium and large in a picture of kObjectSizeGrid; in others they grow
/// with the picture's area. Source: COCO's limits, Lin et al. 2014, "Microsoft COCO: Common Objects in Context".
inline constexpr std::array<std::uint64_t, kObjectSizes - 1> kObjectSizeLimits{32UL * 32, 96UL * 96};
inline constexpr Size kObjectSizeGrid{1024, 2048};

/// Pixels by class. An object is an 8-connected component of one class.
struct OverlapCounts {
  std::vector<std::uint64_t> tp;  ///< [C] of true objects of this size, predicted as their class
  std::vector<std::uint64_t> fp;  ///< [C] of predicted objects of this size, on truth of another class
  std::vector<std::uint64_t> fn;  ///< [C] of true objects of this size, predicted as another class

  /// [C] tp / (tp + fp + fn); NaN where a class has no object of this size.
  std::vector<double> iou() const;
  OverlapCounts& operator+=(const OverlapCounts& other);
  bool operator==(const OverlapCounts&) const = default;
};

/// Index into kObjectSizeNames of an object of `area_px` pixels.
std::size_t object_size(std::uint64_t area_px, Size picture);

/// Counts by size of object. Each pixel outside void is in one true and in one predicted object: summed over the sizes,
/// the counts are those of the confusion matrix.
std::array<OverlapCounts, kObjectSizes> object_size_counts(const ComparedMaps& maps);

}  // namespace segfold
