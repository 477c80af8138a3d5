#include "segfold/stages/comparison_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "segfold/base/csv.h"
#include "segfold/score/metrics.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

constexpr const char* kColumns =
    "experiment,folds,seeds,resolution,groups,miou_mean,miou_std,seed_std,miou_low,miou_high,difference,"
    "difference_low,difference_high,p_value,p_holm,note,final_lowres_miou_mean,final_lowres_miou_std";

std::string head(const Comparison& comparison) {
  std::vector<std::string> names = {kColumns};
  for (const std::string& name : comparison.classes) names.push_back(csv_field("iou_" + name));
  return join_csv_fields(names);
}

std::string row(const Comparison& comparison, const ComparedExperiment& experiment) {
  std::vector<std::string> fields = {csv_field(experiment.name), std::to_string(experiment.fullres.size()),
                                     std::to_string(experiment.seeds.size()), comparison.resolution,
                                     std::to_string(comparison.groups.size())};
  const BaselineDifference& difference = experiment.difference;
  for (const double number :
       {mean(experiment.fullres), sample_deviation(experiment.fullres), sample_deviation(experiment.fullres_seed),
        experiment.interval.low, experiment.interval.high, difference.miou, difference.interval.low,
        difference.interval.high, difference.test.p_value, difference.p_holm}) {
    fields.push_back(csv_field(number));
  }
  fields.push_back(csv_field(experiment.note));
  fields.push_back(csv_field(mean(experiment.lowres)));
  fields.push_back(csv_field(sample_deviation(experiment.lowres)));
  for (const double iou : experiment.iou) fields.push_back(csv_field(iou));
  return join_csv_fields(fields);
}

Json interval_to_json(const ConfidenceInterval& interval) { return {{"low", interval.low}, {"high", interval.high}}; }

Json scores_to_json(const std::vector<double>& per_fold) {
  return {{"mean", mean(per_fold)}, {"std", sample_deviation(per_fold)}, {"per_fold", per_fold}};
}

Json difference_to_json(const BaselineDifference& difference) {
  return {{"miou", difference.miou},
          {"interval", interval_to_json(difference.interval)},
          {"p_value", difference.test.p_value},
          {"p_holm", difference.p_holm},
          {"patterns", difference.test.patterns},
          {"exact", difference.test.exact}};
}

Json experiment_to_json(const ComparedExperiment& experiment, const Comparison& comparison) {
  Json fullres = scores_to_json(experiment.fullres);
  fullres["seed_std"] = sample_deviation(experiment.fullres_seed);
  fullres["per_seed"] = experiment.fullres_seed;
  fullres["interval"] = interval_to_json(experiment.interval);
  Json iou = Json::object();
  for (std::size_t c = 0; c < experiment.iou.size(); ++c) iou[comparison.classes[c]] = experiment.iou[c];
  const bool is_baseline = experiment.name == comparison.baseline;
  return {{"experiment", experiment.name},
          {"seeds", experiment.seeds},
          {"final_fullres_miou", fullres},
          {"final_lowres_miou", scores_to_json(experiment.lowres)},
          {"lowres_resolution", experiment.lowres_resolution},
          {"difference", is_baseline ? Json(nullptr) : difference_to_json(experiment.difference)},
          {"note", experiment.note},
          {"iou", iou},
          {"confusion", matrix_to_json(experiment.confusion)}};
}

/// How the figures were made, for a reader of the file alone.
Json methods() {
  return {
      {"score",
       "mIoU of the last weights on the official split: counts summed over all images, IoU per class, mean over the "
       "classes that occur in truth or prediction, mean over folds and seeds"},
      {"std", "sample deviation over folds of their means over seeds"},
      {"seed_std", "sample deviation over seeds of their means over folds"},
      {"iou", "mean over the folds and seeds in which the class occurs"},
      {"confusion", "sum over folds and seeds; rows are truth, columns prediction, pixels"},
      {"interval",
       "2.5 % to 97.5 % quantile of the score over bootstrap resamples of the groups, the same resamples for every "
       "experiment; with few groups it is too narrow"},
      {"difference", "experiment minus baseline"},
      {"p_value",
       "two-sided permutation test of the difference: the two experiments' predictions are swapped group by group in "
       "every pattern, above 16 groups in random ones with p = (b + 1) / (m + 1); none below 6 groups"},
      {"p_holm", "p-values corrected by Holm's method over the experiments"},
      {"meaning",
       "intervals and p-values are about the trained networks on other groups; how other trainings would score is in "
       "std and seed_std"}};
}

}  // namespace

std::string comparison_table(const Comparison& comparison) {
  std::string text = head(comparison);
  for (const ComparedExperiment& experiment : comparison.experiments) text += row(comparison, experiment);
  return text;
}

Json comparison_document(const Comparison& comparison) {
  Json groups = Json::array();
  for (const ComparedGroup& group : comparison.groups) {
    groups.push_back({{"group", group.name}, {"images", group.images}});
  }
  Json experiments = Json::array();
  for (const ComparedExperiment& experiment : comparison.experiments) {
    experiments.push_back(experiment_to_json(experiment, comparison));
  }
  return {{"format", "segfold.comparison/1"},
          {"folds", comparison.experiments.front().fullres.size()},
          {"folds_digest", comparison.folds_digest},
          {"resolution", comparison.resolution},
          {"classes", comparison.classes},
          {"groups", groups},
          {"baseline", comparison.baseline},
          {"resamples", comparison.resamples},
          {"methods", methods()},
          {"experiments", experiments}};
}

void write_comparison(const std::filesystem::path& csv, const std::filesystem::path& json, const Comparison& comparison,
                      const Seal& seal) {
  write_sealed_text(csv, comparison_table(comparison), seal);
  if (!json.empty()) write_sealed_json(json, comparison_document(comparison), seal);
}

}  // namespace segfold
