#include "segfold/stages/aggregate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "segfold/base/csv.h"
#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/outputs.h"
#include "segfold/base/sha256.h"
#include "segfold/base/text.h"
#include "segfold/score/statistics.h"
#include "segfold/stages/comparison.h"
#include "segfold/stages/comparison_files.h"
#include "segfold/stages/experiment.h"
#include "segfold/stages/occlusion_table.h"

namespace segfold {
namespace {

constexpr int kResamples = 10'000;

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

std::string scores_text(const std::string& experiment, const Values& mious) {
  return fmt::format("{}: final full-resolution mIoU {} ± {} over {} folds", experiment, score_text(mean(mious)),
                     score_text(sample_deviation(mious)), mious.size());
}

void write_summary(const std::filesystem::path& path, const Experiment& experiment,
                   const std::vector<HistoryFile>& histories) {
  Values best;
  for (const HistoryFile& file : histories) best.push_back(best_lowres_miou(file));
  const Values full = final_mious(experiment, &FoldResult::official);
  const Values low = final_mious(experiment, &FoldResult::held_out);
  const auto line = [](const std::string& name, double a, double b, double c) {
    return join_csv_fields({name, csv_field(a), csv_field(b), csv_field(c)});
  };
  std::string text = "fold,best_lowres_miou,final_fullres_miou,final_lowres_miou\n";
  for (std::size_t fold = 0; fold < best.size(); ++fold) {
    text += line(std::to_string(fold), best[fold], full[fold], low[fold]);
  }
  text += line("mean", mean(best), mean(full), mean(low));
  text += line("std", sample_deviation(best), sample_deviation(full), sample_deviation(low));
  Seal seal = aggregate_seal({experiment});
  seal.inputs["histories"] = digest_of(histories);
  write_sealed_text(path, text, seal);
  log_info("{}", scores_text(experiment.name, full));
}

/// "; +0.0120 to unet, p = 0.0312 (Holm)", "" for the baseline.
std::string difference_text(const BaselineDifference& difference, const std::string& baseline) {
  if (std::isnan(difference.miou)) return "";
  return fmt::format("; {:+.4f} to {}{}", difference.miou, baseline,
                     std::isnan(difference.p_holm) ? "" : fmt::format(", p = {:.4f} (Holm)", difference.p_holm));
}

void compare(const AggregateOptions& options, const std::string& baseline, const std::vector<Experiment>& experiments) {
  const int resamples = options.bootstrap.value_or(kResamples);
  const Comparison comparison = compare_experiments(experiments, baseline, resamples);
  Seal seal = aggregate_seal(experiments);
  seal.parameters["baseline"] = baseline;
  seal.parameters["bootstrap"] = resamples;
  write_comparison(options.comparison, options.comparison_json, comparison, seal);
  for (const ComparedExperiment& experiment : comparison.experiments) {
    log_info("{}{}", scores_text(experiment.name, experiment.fullres),
             difference_text(experiment.difference, comparison.baseline));
  }
}

void aggregate_metrics(const AggregateOptions& options) {
  const std::vector<MetricsFile> files = read_metrics_files(options.metrics);
  if (!options.output.empty()) require_one_experiment(files);
  const std::vector<Experiment> experiments = assemble_experiments(files, options.expect_folds);
  if (!options.output.empty()) {
    const auto histories = match_histories(experiments.front(), read_history_files(options.histories));
    write_summary(options.output, experiments.front(), histories);
  }
  if (!options.comparison.empty()) {
    compare(options, options.baseline.empty() ? files.front().metrics.experiment : options.baseline, experiments);
  }
}

}  // namespace

void AggregateOptions::check() const {
  const bool from_metrics = !output.empty() || !comparison.empty();
  if (!from_metrics && occlusion_table.empty())
    throw UsageError("nothing to write; give --output, --comparison or --occlusion-table");
  if (from_metrics != !metrics.empty())
    throw UsageError("--metrics go with --output or --comparison; give the metrics of every fold");
  if (occlusion_table.empty() != occlusion_curves.empty())
    throw UsageError("--occlusion-table and --occlusion-curves go together; give both or neither");
  if (output.empty() != histories.empty())
    throw UsageError("--output and --histories go together; give both or neither");
  if (comparison.empty() && !comparison_json.empty()) throw UsageError("--comparison-json needs --comparison");
  const bool compares = !comparison.empty() || !occlusion_table.empty();
  if (!compares && !baseline.empty()) throw UsageError("--baseline needs --comparison or --occlusion-table");
  if (!compares && bootstrap) throw UsageError("--bootstrap needs --comparison or --occlusion-table");
  if (bootstrap && (*bootstrap < 100 || *bootstrap > 1'000'000)) {
    throw UsageError(fmt::format("--bootstrap: {} is outside 100 to 1000000", *bootstrap));
  }
  if (expect_folds && metrics.empty()) throw UsageError("--expect-folds needs --metrics");
  if (expect_folds && (*expect_folds < 2 || *expect_folds > 1000)) {
    throw UsageError(fmt::format("--expect-folds: {} is outside 2 to 1000", *expect_folds));
  }
}

void aggregate(const AggregateOptions& options) {
  options.check();
  std::vector<std::filesystem::path> inputs = options.metrics;
  inputs.insert(inputs.end(), options.histories.begin(), options.histories.end());
  inputs.insert(inputs.end(), options.occlusion_curves.begin(), options.occlusion_curves.end());
  prepare_outputs(inputs, {options.output, options.comparison, options.comparison_json, options.occlusion_table});
  if (!options.metrics.empty()) aggregate_metrics(options);
  if (!options.occlusion_table.empty()) {
    write_occlusion_table(options.occlusion_table, options.occlusion_curves, options.baseline,
                          options.bootstrap.value_or(kResamples));
  }
}

}  // namespace segfold
