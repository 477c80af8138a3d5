#include "segfold/stages/aggregate.h"

#include <fmt/format.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/separate_files.h"
#include "segfold/base/sha256.h"
#include "segfold/score/statistics.h"
#include "segfold/stages/comparison.h"
#include "segfold/stages/experiment.h"

namespace segfold {
namespace {

using Values = std::vector<double>;  // one per fold

double best_lowres_miou(const HistoryFile& file) {
  std::optional<double> best;
  for (const HistoryRow& row : file.history.rows) {
    if (row.lowres_miou) best = std::max(best.value_or(0), *row.lowres_miou);
  }
  if (!best) throw DataError(fmt::format("{}: holds no low-resolution mIoU; train this fold again", file.path));
  return *best;
}

/// Of the histories without their timings.
std::string digest_of(const std::vector<HistoryFile>& histories) {
  Sha256 sha;
  for (const HistoryFile& file : histories) {
    sha.update(scores_digest(file.history.rows));
  }
  return sha.hex();
}

void write_summary(const std::filesystem::path& path, const Experiment& experiment,
                   const std::vector<HistoryFile>& histories) {
  Values best;
  for (const HistoryFile& file : histories) best.push_back(best_lowres_miou(file));
  const Values full = final_mious(experiment, &FoldResult::official);
  const Values low = final_mious(experiment, &FoldResult::held_out);
  std::string text = "fold,best_lowres_miou,final_fullres_miou,final_lowres_miou\n";
  for (std::size_t fold = 0; fold < best.size(); ++fold) {
    text += fmt::format("{},{},{},{}\n", fold, best[fold], full[fold], low[fold]);
  }
  text += fmt::format("mean,{},{},{}\n", mean(best), mean(full), mean(low));
  text += fmt::format("std,{},{},{}\n", sample_deviation(best), sample_deviation(full), sample_deviation(low));
  Seal seal = aggregate_seal({experiment});
  seal.inputs["histories"] = digest_of(histories);
  write_sealed_text(path, text, seal);
  log_info("{}: final full-resolution mIoU {:.4f} ± {:.4f} over {} folds", experiment.name, mean(full),
           sample_deviation(full), full.size());
}

}  // namespace

void AggregateOptions::check() const {
  if (metrics.empty()) throw UsageError("--metrics: no file; give the metrics of every fold");
  if (output.empty() && comparison.empty()) throw UsageError("nothing to write; give --output, --comparison or both");
  if (output.empty() != histories.empty())
    throw UsageError("--output and --histories go together; give both or neither");
  if (comparison.empty() && !comparison_json.empty()) throw UsageError("--comparison-json needs --comparison");
  if (expect_folds && (*expect_folds < 2 || *expect_folds > 1000)) {
    throw UsageError(fmt::format("--expect-folds: {} is outside 2 to 1000", *expect_folds));
  }
}

void aggregate(const AggregateOptions& options) {
  options.check();
  std::vector<std::filesystem::path> inputs = options.metrics;
  inputs.insert(inputs.end(), options.histories.begin(), options.histories.end());
  require_separate_files(inputs, {options.output, options.comparison, options.comparison_json});
  const std::vector<MetricsFile> files = read_metrics_files(options.metrics);
  if (!options.output.empty()) require_one_experiment(files);
  const std::vector<Experiment> experiments = assemble_experiments(files, options.expect_folds);
  if (!options.output.empty()) {
    const auto histories = match_histories(experiments.front(), read_history_files(options.histories));
    write_summary(options.output, experiments.front(), histories);
  }
  if (!options.comparison.empty()) write_comparison(options.comparison, options.comparison_json, experiments);
}

}  // namespace segfold
