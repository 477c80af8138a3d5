#include "segfold/stages/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "segfold/base/log.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

using Values = std::vector<double>;

/// One experiment with all its seeds.
struct Row {
  std::string name;
  std::vector<const Experiment*> seeds;
  Values fullres;  ///< [k] mean over the seeds
  Values lowres;   ///< [k] likewise
};

/// Mean over the seeds of each fold's final mIoU.
Values mean_over_seeds(const std::vector<const Experiment*>& seeds, MetricsFile FoldResult::* split) {
  std::vector<Values> by_fold(seeds.front()->folds.size());
  for (const Experiment* experiment : seeds) {
    const Values mious = final_mious(*experiment, split);
    for (std::size_t fold = 0; fold < mious.size(); ++fold) by_fold[fold].push_back(mious[fold]);
  }
  Values means;
  for (const Values& values : by_fold) means.push_back(mean(values));
  return means;
}

/// The experiments by their mean full-resolution mIoU, the best first.
std::vector<Row> ranked_rows(const std::vector<Experiment>& experiments) {
  std::vector<Row> rows;
  for (const Experiment& experiment : experiments) {
    if (rows.empty() || rows.back().name != experiment.name) rows.push_back({experiment.name, {}, {}, {}});
    rows.back().seeds.push_back(&experiment);
  }
  for (Row& row : rows) {
    row.fullres = mean_over_seeds(row.seeds, &FoldResult::official);
    row.lowres = mean_over_seeds(row.seeds, &FoldResult::held_out);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return mean(a.fullres) > mean(b.fullres); });
  return rows;
}

/// Mean over the folds and seeds in which the class occurs; NaN if it occurs in none.
Values class_ious(const Row& row) {
  Values means;
  for (std::size_t c = 0; c < row.seeds.front()->classes.size(); ++c) {
    Values known;
    for (const Experiment* experiment : row.seeds) {
      for (const FoldResult& fold : experiment->folds) {
        const double iou = fold.official.metrics.confusion.iou()[c];
        if (!std::isnan(iou)) known.push_back(iou);
      }
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

std::string table(const std::vector<Row>& rows) {
  std::string text =
      "experiment,folds,seeds,resolution,final_fullres_miou_mean,final_fullres_miou_std,"
      "final_lowres_miou_mean,final_lowres_miou_std";
  for (const std::string& name : rows.front().seeds.front()->classes) {
    text += fmt::format(",{}", csv_field(fmt::format("iou_{}", name)));
  }
  text += '\n';
  for (const Row& row : rows) {
    text += fmt::format("{},{},{},{},{},{},{},{}", csv_field(row.name), row.fullres.size(), row.seeds.size(),
                        row.seeds.front()->first().metrics.resolution, mean(row.fullres), sample_deviation(row.fullres),
                        mean(row.lowres), sample_deviation(row.lowres));
    for (const double iou : class_ious(row)) text += std::isnan(iou) ? "," : fmt::format(",{}", iou);
    text += '\n';
  }
  return text;
}

Json scores_to_json(const Values& values) {
  return {{"mean", mean(values)}, {"std", sample_deviation(values)}, {"per_fold", values}};
}

Json document(const std::vector<Row>& rows) {
  const Experiment& first = *rows.front().seeds.front();
  Json list = Json::array();
  for (const Row& row : rows) {
    Json iou = Json::object();
    const Values means = class_ious(row);
    for (std::size_t c = 0; c < means.size(); ++c) {
      iou[first.classes[c]] = std::isnan(means[c]) ? Json(nullptr) : Json(means[c]);
    }
    list.push_back({{"experiment", row.name},
                    {"seeds", row.seeds.size()},
                    {"final_fullres_miou", scores_to_json(row.fullres)},
                    {"final_lowres_miou", scores_to_json(row.lowres)},
                    {"lowres_resolution", row.seeds.front()->folds.front().held_out.metrics.resolution},
                    {"iou", iou}});
  }
  return {{"format", "segfold.comparison/1"},   {"folds", first.folds.size()},
          {"folds_digest", first.folds_digest}, {"resolution", first.first().metrics.resolution},
          {"classes", first.classes},           {"experiments", list}};
}

}  // namespace

void write_comparison(const std::filesystem::path& csv, const std::filesystem::path& json,
                      const std::vector<Experiment>& experiments) {
  require_comparable(experiments);
  const std::vector<Row> rows = ranked_rows(experiments);
  const Seal seal = aggregate_seal(experiments);
  write_sealed_text(csv, table(rows), seal);
  if (!json.empty()) write_sealed_json(json, document(rows), seal);
  for (const Row& row : rows) {
    log_info("{}: final full-resolution mIoU {:.4f} ± {:.4f} over {} folds", row.name, mean(row.fullres),
             sample_deviation(row.fullres), row.fullres.size());
  }
}

}  // namespace segfold
