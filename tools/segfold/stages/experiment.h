#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segfold/data/history.h"
#include "segfold/score/metrics.h"

namespace segfold {

/// A metrics file and where it came from.
struct MetricsFile {
  std::string path;
  Metrics metrics;
  Seal seal;
};

struct HistoryFile {
  std::string path;
  History history;
};

/// One fold's last weights, scored twice.
struct FoldResult {
  MetricsFile held_out;  ///< on the fold's own samples, at the network's input size
  MetricsFile official;  ///< on the official validation split, at the labels' own size
};

/// All folds of one experiment with one seed, known to belong together.
struct Experiment {
  std::string name;
  std::string seed;  ///< of the trainings, as text; "" if the metrics do not say
  std::string folds_digest;
  std::vector<std::string> classes;
  std::vector<FoldResult> folds;  ///< [k] by number

  const MetricsFile& first() const { return folds.front().official; }
};

/// Reads metrics files. @throws as read_metrics; DataError if one does not say which model, folds and fold it is of.
std::vector<MetricsFile> read_metrics_files(const std::vector<std::filesystem::path>& paths);
std::vector<HistoryFile> read_history_files(const std::vector<std::filesystem::path>& paths);

/// @throws DataError naming two files unless all are of one experiment and one seed.
void require_one_experiment(const std::vector<MetricsFile>& files);

/// Sorts metrics into experiments, in the order of their names; trainings with different seeds stand apart.
/// @param expect_folds  how many folds every experiment must have, if that is known
/// @throws DataError naming the files if a fold is missing or stands twice, or if folds, classes, label grids, samples
///         or models of an experiment do not belong together.
std::vector<Experiment> assemble_experiments(const std::vector<MetricsFile>& files, std::optional<int> expect_folds);

/// Each fold's final mIoU on one of its two splits. @throws DataError if nothing was scored.
std::vector<double> final_mious(const Experiment& experiment, MetricsFile FoldResult::* split);

/// Index of the experiment that others are compared to. @throws UsageError naming the nearest.
std::size_t find_baseline(const std::vector<std::string>& names, const std::string& baseline);

/// The seal of what is made from the experiments' metrics.
Seal aggregate_seal(const std::vector<Experiment>& experiments);

/// Finds the history of every fold's model.
/// @return [k] histories by fold. @throws DataError naming the files if one is missing, stands twice or belongs to no
///         model, or if the trainings differ in more than their fold.
std::vector<HistoryFile> match_histories(const Experiment& experiment, std::vector<HistoryFile> files);

/// @throws DataError naming the files unless the experiments may be ranked against each other: same classes, same
///         folds, same official samples on the same label grid.
void require_comparable(const std::vector<Experiment>& experiments);

}  // namespace segfold
