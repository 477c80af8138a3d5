#include "segfold/stages/occlusion_table.h"

#include <fmt/format.h>

#include <cmath>

#include "segfold/base/csv.h"
#include "segfold/base/version.h"
#include "segfold/stages/experiment.h"
#include "segfold/stages/occlusion_curves.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

const ExperimentCurves& reference_of(const std::vector<ExperimentCurves>& experiments, const std::string& baseline) {
  if (baseline.empty()) return experiments.front();
  std::vector<std::string> names;
  for (const ExperimentCurves& curves : experiments) names.push_back(curves.name);
  return experiments[find_baseline(names, baseline)];
}

std::vector<std::string> interval_fields(const std::vector<double>& values) {
  if (values.empty()) return {"", ""};
  const ConfidenceInterval interval = percentile_interval(values);
  return {csv_field(interval.low), csv_field(interval.high)};
}

std::string row(const ExperimentCurves& curves, const ExperimentCurves& baseline, const std::vector<double>& x,
                OcclusionPixels pixels, int resamples) {
  const std::vector<double> mious = occlusion_mious(curves.runs, pixels);
  const double area = area_under_curve(x, mious);
  const std::vector<double> areas = resampled_areas(curves.runs, pixels, resamples);
  std::vector<std::string> fields{csv_field(curves.name), pixels == &OcclusionLevel::all ? "all" : "visible",
                                  std::to_string(curves.runs.size()), csv_field(area)};
  for (std::string& field : interval_fields(areas)) fields.push_back(std::move(field));
  if (&curves == &baseline) {
    fields.insert(fields.end(), 3, "");
  } else {
    std::vector<double> differences = resampled_areas(baseline.runs, pixels, resamples);
    if (areas.empty()) differences.clear();
    for (std::size_t i = 0; i < differences.size(); ++i) differences[i] = areas[i] - differences[i];
    fields.push_back(csv_field(area - area_under_curve(x, occlusion_mious(baseline.runs, pixels))));
    for (std::string& field : interval_fields(differences)) fields.push_back(std::move(field));
  }
  for (const double miou : mious) fields.push_back(csv_field(miou));
  return join_csv_fields(fields);
}

}  // namespace

void write_occlusion_table(const fs::path& path, const std::vector<fs::path>& curves, const std::string& baseline,
                           int resamples) {
  const OcclusionCurves read = read_occlusion_curves(curves);
  const ExperimentCurves& reference = reference_of(read.experiments, baseline);
  std::string text = "experiment,pixels,trainings,area,area_low,area_high,difference,difference_low,difference_high";
  for (const double share : read.shares) text += fmt::format(",miou_{}", share);
  text += '\n';
  for (const ExperimentCurves& one : read.experiments) {
    for (const OcclusionPixels pixels : {&OcclusionLevel::all, &OcclusionLevel::visible}) {
      text += row(one, reference, read.shares, pixels, resamples);
    }
  }
  Seal seal{"aggregate", results_version("aggregate"), Json::object(), {}, ""};
  seal.parameters = {{"baseline", reference.name}, {"bootstrap", resamples}};
  seal.inputs["curves"] = read.digest;
  write_sealed_text(path, text, std::move(seal));
}

}  // namespace segfold
