#pragma once

#include <limits>
#include <string>
#include <vector>

#include "segfold/score/bootstrap.h"
#include "segfold/score/permutation.h"
#include "segfold/stages/experiment.h"

namespace segfold {

/// What an experiment scores more than the baseline; NaN where there is no figure.
struct BaselineDifference {
  double miou = std::numeric_limits<double>::quiet_NaN();    ///< of the two means over folds and seeds
  ConfidenceInterval interval;                               ///< needs two groups
  PermutationTest test;                                      ///< needs six groups and equal numbers of seeds
  double p_holm = std::numeric_limits<double>::quiet_NaN();  ///< the p-value, corrected for the number of tests
};

/// One experiment with all its seeds, by the mIoU of the last weights.
struct ComparedExperiment {
  std::string name;
  std::vector<std::string> seeds;
  std::string lowres_resolution;
  std::vector<double> fullres;       ///< [k] on the official split, mean over the seeds
  std::vector<double> lowres;        ///< [k] on the folds' own samples, mean over the seeds
  std::vector<double> fullres_seed;  ///< [seeds] on the official split, mean over the folds
  std::vector<double> iou;        ///< [C] on the official split, mean over the runs in which the class occurs, or NaN
  ConfusionMatrix confusion;      ///< on the official split, sum over folds and seeds
  ConfidenceInterval interval;    ///< of the mean of `fullres`; needs two groups
  BaselineDifference difference;  ///< nothing but NaN for the baseline itself
  std::string note;               ///< that it is the baseline; why a figure is absent
};

/// Images of the official split that resemble each other, such as those of one city.
struct ComparedGroup {
  std::string name;
  std::size_t images = 0;
};

/// Experiments on the same folds, scored against the same truth.
struct Comparison {
  std::string folds_digest;
  std::string resolution;
  std::vector<std::string> classes;
  std::string baseline;
  int resamples = 0;
  std::vector<ComparedGroup> groups;            ///< those in which a pixel is scored
  std::vector<ComparedExperiment> experiments;  ///< by the mean of `fullres`, the best first
};

/// Compares experiments by their last weights on the official split. Intervals and p-values say how far the trained
/// networks would differ on other groups (cities); how far other trainings would is in the scatter over folds and
/// seeds.
/// @param experiments  in the order of their names
/// @param resamples  of the bootstrap
/// @throws UsageError if no experiment is called `baseline`; DataError unless the experiments may be ranked against
///         each other (require_comparable) and something was scored.
Comparison compare_experiments(const std::vector<Experiment>& experiments, const std::string& baseline, int resamples);

}  // namespace segfold
