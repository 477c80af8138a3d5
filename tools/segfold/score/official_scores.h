#pragma once

#include <array>
#include <cstdint>

#include "segfold/base/json.h"
#include "segfold/data/labels.h"
#include "segfold/image/image.h"
#include "segfold/score/confusion.h"

namespace segfold {

/// Sums over instances of weight × pixels, weight = the class's mean size / the instance's size.
struct InstanceSums {
  double tp = 0;  ///< pixels of the instances that are predicted right
  double fn = 0;  ///< the others
};

inline constexpr int kCategories = 8;  ///< void, flat, construction, object, nature, sky, human, vehicle

/// What the official Cityscapes evaluation counts of one or more pairs of prediction and truth.
struct OfficialCounts {
  ConfusionMatrix confusion{kRawIds};                  ///< of raw ids, ignored ones included
  std::array<InstanceSums, kRawIds> classes{};         ///< by raw id: pixels predicted as the class
  std::array<InstanceSums, kCategories> categories{};  ///< pixels predicted as any class of the category

  OfficialCounts& operator+=(const OfficialCounts& other);
};

/// Pixels whose truth counts, and those of them that are right. @param confusion  of raw ids, 34 × 34
struct EvaluatedPixels {
  std::uint64_t not_ignored = 0;
  std::uint64_t correct = 0;
};
EvaluatedPixels evaluated_pixels(const ConfusionMatrix& confusion);

/// Counts one pair. @param prediction, truth  raw ids 0–33. @param instances  of the truth: values above 1000 are
/// 1000 · class + number; the rest is no single instance. All three are of one size.
/// @throws DataError naming row, column and value if an id is beyond 33 or an instance belongs to no class that has
/// instances; InternalError if the sizes differ.
OfficialCounts official_counts(const Image& prediction, const Image& truth, const InstanceMap& instances);

/// The scores with the keys of the official result file: confMatrix, priors, labels, classScores, classInstScores,
/// categoryScores, categoryInstScores and their four averages. NaN (nothing to score) becomes null.
/// Source: Cordts et al. 2016, "The Cityscapes Dataset", section 4; numbers equal those of cityscapesScripts 2.3.0,
/// evalPixelLevelSemanticLabeling.
Json official_scores(const OfficialCounts& counts);

}  // namespace segfold
