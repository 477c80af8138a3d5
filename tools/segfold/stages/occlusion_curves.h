#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "segfold/score/occlusion_curve.h"

namespace segfold {

/// One experiment's curves, of every fold and seed.
struct ExperimentCurves {
  std::string name;
  std::vector<OcclusionCurve> runs;
};

/// Curves of several experiments, known to be comparable.
struct OcclusionCurves {
  std::vector<double> shares;                 ///< occluded, rising; the same in all
  std::vector<ExperimentCurves> experiments;  ///< in the order in which they were first given
  std::string digest;                         ///< of all files
};

/// Reads occlusion.json files. @param paths  not empty
/// @throws DataError naming the files unless all are of the same split, samples, classes and label grid, with the same
///         shares covered by the same masks (but for rounding to the photos' sizes), and none stands twice.
OcclusionCurves read_occlusion_curves(const std::vector<std::filesystem::path>& paths);

}  // namespace segfold
