#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "segfold/base/seal.h"
#include "segfold/score/bootstrap.h"
#include "segfold/score/grouped_counts.h"
#include "segfold/score/score_heading.h"

namespace segfold {

/// What a model scores with a share of every photo covered, by group of images.
struct OcclusionLevel {
  double occluded = 0;    ///< share of the photo, [0, 1)
  GroupedCounts all;      ///< [G] over all labelled pixels: what lies behind is asked for, too
  GroupedCounts visible;  ///< [G] over those that are not covered
};

/// One model's scores under growing occlusion.
struct OcclusionCurve : ScoreHeading {
  std::string samples;              ///< truth_digest of what was scored; the masks follow from its names and the size
  std::vector<std::string> groups;  ///< [G]
  std::vector<OcclusionLevel> levels;  ///< two at least, by rising `occluded`
};

/// Which pixels count.
using OcclusionPixels = GroupedCounts OcclusionLevel::*;

/// The occluded share of each level.
std::vector<double> occluded_shares(const OcclusionCurve& curve);

/// Mean height under the curve through (x, y) by straight lines: its area over its width. @param x  rising, two at
/// least
double area_under_curve(const std::vector<double>& x, const std::vector<double>& y);

/// mIoU at each level, pooled over the groups, mean over the runs. @param runs  curves of one experiment's folds, with
/// the same groups and levels
std::vector<double> occlusion_mious(const std::vector<OcclusionCurve>& runs, OcclusionPixels pixels);

/// The area under that curve for other groups (bootstrap_mious): the same draws at every level and for every model.
/// Nothing where there are fewer than two groups, or where some draw leaves no pixel to score at some level.
std::vector<double> resampled_areas(const std::vector<OcclusionCurve>& runs, OcclusionPixels pixels, int resamples);

/// occlusion.json ("segfold.occlusion/2"): what was scored, counts by group and level, with the mIoUs and areas that
/// follow.
void write_occlusion_curve(const std::filesystem::path& path, const OcclusionCurve& curve, Seal seal);

struct SealedOcclusionCurve {
  OcclusionCurve curve;
  Seal seal;
};
/// Reads and checks it. @throws DataError naming file and place.
SealedOcclusionCurve read_occlusion_curve(const std::filesystem::path& path);

}  // namespace segfold
