#include "segfold/stages/aggregate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/sha256.h"
#include "segfold/base/version.h"
#include "segfold/stages/experiment.h"

namespace segfold {
namespace {

using Values = std::vector<double>;  // one per fold

double mean(const Values& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Sample standard deviation (divides by n − 1).
double deviation(const Values& values) {
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double final_miou(const MetricsFile& file) {
  const double miou = file.metrics.confusion.mean_iou();
  if (std::isnan(miou)) throw DataError(fmt::format("{}: not one pixel was scored; check its samples", file.path));
  return miou;
}

Values final_mious(const Experiment& experiment, MetricsFile FoldResult::* split) {
  Values values;
  for (const FoldResult& fold : experiment.folds) values.push_back(final_miou(fold.*split));
  return values;
}

double best_lowres_miou(const HistoryFile& file) {
  std::optional<double> best;
  for (const HistoryRow& row : file.history.rows) {
    if (row.lowres_miou) best = std::max(best.value_or(0), *row.lowres_miou);
  }
  if (!best)
    throw DataError(fmt::format("{}: holds no low-resolution mIoU; train with --low-res-every above 0", file.path));
  return *best;
}

/// Mean over the folds in which the class occurs; NaN if it occurs in none.
Values class_ious(const Experiment& experiment) {
  Values means;
  for (std::size_t c = 0; c < experiment.classes.size(); ++c) {
    Values known;
    for (const FoldResult& fold : experiment.folds) {
      const double iou = fold.official.metrics.confusion.iou()[c];
      if (!std::isnan(iou)) known.push_back(iou);
    }
    means.push_back(known.empty() ? std::nan("") : mean(known));
  }
  return means;
}

/// A field of a CSV line, quoted where it must be.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string(2, c) : std::string(1, c);
  return quoted + '"';
}

std::string number_or_nothing(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string digest_of(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  Sha256 sha;
  for (const std::string& part : parts) sha.update(part);
  return sha.hex();
}

Seal make_seal(const std::vector<Experiment>& experiments, const std::vector<HistoryFile>& histories) {
  Seal seal;
  seal.tool = "aggregate";
  seal.results_version = results_version(seal.tool);
  std::vector<std::string> contents;
  Json names = Json::array();
  for (const Experiment& experiment : experiments) {
    names.push_back(experiment.name);
    for (const FoldResult& fold : experiment.folds) {
      contents.push_back(fold.held_out.seal.content);
      contents.push_back(fold.official.seal.content);
    }
  }
  seal.parameters = {{"experiments", names}, {"folds_count", experiments.front().folds.size()}};
  seal.inputs = {{"folds", experiments.front().folds_digest}, {"metrics", digest_of(contents)}};
  if (!histories.empty()) {
    std::vector<std::string> texts;
    for (const HistoryFile& file : histories) {
      // Without the timings: equal trainings must give an equal seal.
      std::vector<HistoryRow> rows = file.history.rows;
      for (HistoryRow& row : rows) row.seconds = row.images_per_second = row.data_wait = 0;
      texts.push_back(sha256_hex(history_csv(rows)));
    }
    seal.inputs["histories"] = digest_of(texts);
  }
  return seal;
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
  text += fmt::format("std,{},{},{}\n", deviation(best), deviation(full), deviation(low));
  write_sealed_text(path, text, make_seal({experiment}, histories));
  log_info("{}: final full-resolution mIoU {:.4f} ± {:.4f} over {} folds", experiment.name, mean(full), deviation(full),
           full.size());
}

/// The experiments by their final full-resolution mIoU, the best first.
std::vector<Experiment> ranked(std::vector<Experiment> experiments) {
  const auto score = [](const Experiment& experiment) { return mean(final_mious(experiment, &FoldResult::official)); };
  std::stable_sort(experiments.begin(), experiments.end(),
                   [&](const auto& a, const auto& b) { return score(a) > score(b); });
  return experiments;
}

std::string comparison_csv(const std::vector<Experiment>& experiments) {
  std::string text =
      "experiment,folds,resolution,final_fullres_miou_mean,final_fullres_miou_std,final_lowres_miou_mean,final_lowres_"
      "miou_std";
  for (const std::string& name : experiments.front().classes)
    text += fmt::format(",{}", csv_field(fmt::format("iou_{}", name)));
  text += '\n';
  for (const Experiment& experiment : experiments) {
    const Values full = final_mious(experiment, &FoldResult::official);
    const Values low = final_mious(experiment, &FoldResult::held_out);
    text += fmt::format("{},{},{},{},{},{},{}", csv_field(experiment.name), experiment.folds.size(),
                        experiment.first().metrics.resolution, mean(full), deviation(full), mean(low), deviation(low));
    for (const double iou : class_ious(experiment)) text += fmt::format(",{}", number_or_nothing(iou));
    text += '\n';
  }
  return text;
}

Json scores_to_json(const Values& values) {
  return {{"mean", mean(values)}, {"std", deviation(values)}, {"per_fold", values}};
}

Json comparison_document(const std::vector<Experiment>& experiments) {
  Json rows = Json::array();
  for (const Experiment& experiment : experiments) {
    Json iou = Json::object();
    const Values means = class_ious(experiment);
    for (std::size_t c = 0; c < means.size(); ++c) {
      iou[experiment.classes[c]] = std::isnan(means[c]) ? Json(nullptr) : Json(means[c]);
    }
    rows.push_back({{"experiment", experiment.name},
                    {"final_fullres_miou", scores_to_json(final_mious(experiment, &FoldResult::official))},
                    {"final_lowres_miou", scores_to_json(final_mious(experiment, &FoldResult::held_out))},
                    {"lowres_resolution", experiment.folds.front().held_out.metrics.resolution},
                    {"iou", iou}});
  }
  const Experiment& first = experiments.front();
  return {{"format", "segfold.comparison/1"},   {"folds", first.folds.size()},
          {"folds_digest", first.folds_digest}, {"resolution", first.first().metrics.resolution},
          {"classes", first.classes},           {"experiments", rows}};
}

void write_comparison(const AggregateOptions& options, const std::vector<Experiment>& unordered) {
  require_comparable(unordered);
  const std::vector<Experiment> experiments = ranked(unordered);
  const Seal seal = make_seal(unordered, {});
  write_sealed_text(options.comparison, comparison_csv(experiments), seal);
  if (!options.comparison_json.empty()) {
    write_sealed_json(options.comparison_json, comparison_document(experiments), seal);
  }
  log_info("{} experiments compared, best: {}", experiments.size(), experiments.front().name);
}

void require_one_experiment(const std::vector<MetricsFile>& files) {
  for (const MetricsFile& file : files) {
    if (file.metrics.experiment == files.front().metrics.experiment) continue;
    throw DataError(fmt::format("{} and {}: of different experiments, '{}' and '{}'; --output summarises one",
                                files.front().path, file.path, files.front().metrics.experiment,
                                file.metrics.experiment));
  }
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
  const std::vector<MetricsFile> files = read_metrics_files(options.metrics);
  if (!options.output.empty()) require_one_experiment(files);
  const std::vector<Experiment> experiments = assemble_experiments(files, options.expect_folds);
  if (!options.output.empty()) {
    const auto histories = match_histories(experiments.front(), read_history_files(options.histories));
    write_summary(options.output, experiments.front(), histories);
  }
  if (!options.comparison.empty()) write_comparison(options, experiments);
}

}  // namespace segfold
