#include "segfold/stages/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "segfold/score/holm.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

constexpr std::size_t kFewestIntervalGroups = 2;
constexpr std::size_t kFewestTestGroups = 6;

using Values = std::vector<double>;
using Seeds = std::vector<const Experiment*>;  ///< of one experiment

std::vector<Seeds> by_name(const std::vector<Experiment>& experiments) {
  std::vector<Seeds> lists;
  for (const Experiment& experiment : experiments) {
    if (lists.empty() || lists.back().front()->name != experiment.name) lists.emplace_back();
    lists.back().push_back(&experiment);
  }
  return lists;
}

/// Mean over the seeds of each fold's final mIoU.
Values mean_over_seeds(const Seeds& seeds, MetricsFile FoldResult::* split) {
  std::vector<Values> by_fold(seeds.front()->folds.size());
  for (const Experiment* experiment : seeds) {
    const Values mious = final_mious(*experiment, split);
    for (std::size_t fold = 0; fold < mious.size(); ++fold) by_fold[fold].push_back(mious[fold]);
  }
  Values means;
  for (const Values& values : by_fold) means.push_back(mean(values));
  return means;
}

/// The confusion matrix of each fold and seed on the official split.
std::vector<ConfusionMatrix> official_matrices(const Seeds& seeds) {
  std::vector<ConfusionMatrix> matrices;
  for (const Experiment* experiment : seeds) {
    for (const FoldResult& fold : experiment->folds) matrices.push_back(fold.official.metrics.confusion);
  }
  return matrices;
}

/// Mean over the matrices in which the class occurs; NaN if it occurs in none.
Values class_ious(const std::vector<ConfusionMatrix>& matrices) {
  std::vector<Values> known(static_cast<std::size_t>(matrices.front().classes()));
  for (const ConfusionMatrix& matrix : matrices) {
    const Values ious = matrix.iou();
    for (std::size_t c = 0; c < ious.size(); ++c) {
      if (!std::isnan(ious[c])) known[c].push_back(ious[c]);
    }
  }
  Values means;
  for (const Values& values : known) means.push_back(mean(values));
  return means;
}

ComparedExperiment scores_of(const Seeds& seeds) {
  const Experiment& first = *seeds.front();
  ComparedExperiment scores;
  scores.name = first.name;
  scores.lowres_resolution = first.folds.front().held_out.metrics.resolution;
  scores.fullres = mean_over_seeds(seeds, &FoldResult::official);
  scores.lowres = mean_over_seeds(seeds, &FoldResult::held_out);
  for (const Experiment* experiment : seeds) {
    scores.seeds.push_back(experiment->seed);
    scores.fullres_seed.push_back(mean(final_mious(*experiment, &FoldResult::official)));
  }
  const std::vector<ConfusionMatrix> matrices = official_matrices(seeds);
  scores.iou = class_ious(matrices);
  scores.confusion = ConfusionMatrix(matrices.front().classes());
  for (const ConfusionMatrix& matrix : matrices) scores.confusion += matrix;
  return scores;
}

/// An experiment's scores and what they are resampled from.
struct Candidate {
  ComparedExperiment scores;
  GroupedRuns runs;  ///< seed by seed, fold by fold
  Values resampled;  ///< [resamples] empty below two groups
};

Candidate candidate_of(const Seeds& seeds, const std::vector<std::string>& groups, int resamples) {
  Candidate candidate{scores_of(seeds), {}, {}};
  for (const Experiment* experiment : seeds) {
    for (const FoldResult& fold : experiment->folds) {
      candidate.runs.push_back(group_counts(fold.official.metrics.per_image, groups));
    }
  }
  if (groups.size() >= kFewestIntervalGroups) {
    candidate.resampled = bootstrap_mious(candidate.runs, resamples);
    candidate.scores.interval = percentile_interval(candidate.resampled);
  }
  return candidate;
}

/// Why an experiment has no interval; "" if it has one.
std::string missing_interval_text(std::size_t groups) {
  if (groups >= kFewestIntervalGroups) return "";
  return fmt::format("no interval: needs at least {} groups, found {}", kFewestIntervalGroups, groups);
}

/// Why two experiments are not tested against each other; "" if they are.
std::string missing_test_text(const ComparedExperiment& experiment, const ComparedExperiment& baseline,
                              std::size_t groups) {
  if (groups < kFewestTestGroups) {
    const std::size_t folds = experiment.fullres.size();
    const std::string folds_alone =
        folds < kFewestTestGroups
            ? fmt::format("{} folds alone cannot give one below {}", folds, std::exp2(1 - static_cast<int>(folds)))
            : "folds alone share training samples and are no repetitions";
    return fmt::format("no p-value: needs at least {} groups, found {}; {}", kFewestTestGroups, groups, folds_alone);
  }
  if (experiment.seeds.size() == baseline.seeds.size()) return "";
  return fmt::format("no p-value: needs as many seeds as the baseline has, {}, found {}", baseline.seeds.size(),
                     experiment.seeds.size());
}

BaselineDifference difference_of(const Candidate& candidate, const Candidate& baseline, bool tested) {
  BaselineDifference difference;
  difference.miou = mean(candidate.scores.fullres) - mean(baseline.scores.fullres);
  Values resampled = candidate.resampled;
  for (std::size_t i = 0; i < resampled.size(); ++i) resampled[i] -= baseline.resampled[i];
  if (!resampled.empty()) difference.interval = percentile_interval(resampled);
  if (tested) difference.test = permutation_test(candidate.runs, baseline.runs);
  return difference;
}

void add_differences(std::vector<Candidate>& candidates, std::size_t baseline_index, std::size_t groups) {
  const Candidate& baseline = candidates[baseline_index];
  Values p_values;
  for (Candidate& candidate : candidates) {
    std::string missing = "baseline";
    if (&candidate != &baseline) {
      missing = missing_test_text(candidate.scores, baseline.scores, groups);
      candidate.scores.difference = difference_of(candidate, baseline, missing.empty());
    }
    const std::string no_interval = missing_interval_text(groups);
    candidate.scores.note = no_interval.empty() ? missing : fmt::format("{}; {}", missing, no_interval);
    p_values.push_back(candidate.scores.difference.test.p_value);
  }
  const Values corrected = holm(p_values);
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i].scores.difference.p_holm = corrected[i];
}

std::size_t baseline_of(const std::vector<Seeds>& lists, const std::string& baseline) {
  std::vector<std::string> names;
  for (const Seeds& seeds : lists) names.push_back(seeds.front()->name);
  return find_baseline(names, baseline);
}

std::vector<ComparedGroup> compared_groups(const std::vector<ImageCounts>& images,
                                           const std::vector<std::string>& names) {
  std::map<std::string, std::size_t> counts;
  for (const ImageCounts& image : images) ++counts[image.group];
  std::vector<ComparedGroup> groups;
  for (const std::string& name : names) groups.push_back({name, counts[name]});
  return groups;
}

}  // namespace

Comparison compare_experiments(const std::vector<Experiment>& experiments, const std::string& baseline, int resamples) {
  const std::vector<Seeds> lists = by_name(experiments);
  const std::size_t baseline_index = baseline_of(lists, baseline);
  require_comparable(experiments);
  const Experiment& first = experiments.front();
  const std::vector<ImageCounts>& images = first.first().metrics.per_image;
  const std::vector<std::string> groups = scored_groups(images);
  std::vector<Candidate> candidates;
  for (const Seeds& seeds : lists) candidates.push_back(candidate_of(seeds, groups, resamples));
  add_differences(candidates, baseline_index, groups.size());
  Comparison comparison{first.folds_digest,
                        first.first().metrics.resolution,
                        first.classes,
                        baseline,
                        resamples,
                        compared_groups(images, groups),
                        {}};
  for (Candidate& candidate : candidates) comparison.experiments.push_back(std::move(candidate.scores));
  std::ranges::stable_sort(comparison.experiments,
                           [](const auto& a, const auto& b) { return mean(a.fullres) > mean(b.fullres); });
  return comparison;
}

}  // namespace segfold
