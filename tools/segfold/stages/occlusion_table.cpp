#include "segfold/stages/occlusion_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/sha256.h"
#include "segfold/base/version.h"
#include "segfold/score/occlusion_curve.h"
#include "segfold/stages/experiment.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kFewestGroups = 2;

struct CurveFile {
  std::string path;
  OcclusionCurve curve;
  Seal seal;
};

/// One experiment's trainings.
struct Curves {
  std::string name;
  std::vector<OcclusionCurve> runs;
};

std::vector<double> shares(const OcclusionCurve& curve) {
  std::vector<double> values;
  for (const OcclusionLevel& level : curve.levels) values.push_back(level.occluded);
  return values;
}

void require_alike(const CurveFile& first, const CurveFile& other) {
  const auto refuse = [&](const std::string& what) {
    throw DataError(fmt::format("{} and {}: {}; give curves of one study", first.path, other.path, what));
  };
  if (shares(first.curve) != shares(other.curve)) refuse("other shares are occluded");
  if (first.curve.groups != other.curve.groups) refuse("other groups of images");
  if (first.curve.classes != other.curve.classes) refuse("other classes");
  if (first.curve.resolution != other.curve.resolution) refuse("compared on other label grids");
}

std::vector<CurveFile> read_curves(const std::vector<fs::path>& paths) {
  std::vector<CurveFile> files;
  for (const fs::path& path : paths) {
    SealedOcclusionCurve read = read_occlusion_curve(path);
    files.push_back({path.string(), std::move(read.curve), std::move(read.seal)});
    require_alike(files.front(), files.back());
    for (const CurveFile& earlier : files) {
      if (&earlier != &files.back() && earlier.seal.content == files.back().seal.content)
        throw DataError(fmt::format("{} and {}: hold the same; give every curve once", earlier.path, path.string()));
    }
  }
  return files;
}

std::vector<Curves> by_experiment(const std::vector<CurveFile>& files) {
  std::vector<Curves> experiments;
  for (const CurveFile& file : files) {
    const auto found = std::find_if(experiments.begin(), experiments.end(),
                                    [&](const Curves& curves) { return curves.name == file.curve.experiment; });
    Curves& curves = found != experiments.end() ? *found : experiments.emplace_back(Curves{file.curve.experiment, {}});
    curves.runs.push_back(file.curve);
  }
  return experiments;
}

const Curves& reference_of(const std::vector<Curves>& experiments, const std::string& baseline) {
  if (baseline.empty()) return experiments.front();
  std::vector<std::string> names;
  for (const Curves& curves : experiments) names.push_back(curves.name);
  return experiments[find_baseline(names, baseline)];
}

std::string field(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string interval_fields(const std::vector<double>& values) {
  if (values.empty()) return ",";
  const Interval interval = percentile_interval(values);
  return field(interval.low) + "," + field(interval.high);
}

std::string row(const Curves& curves, const Curves& baseline, OcclusionPixels pixels, int resamples) {
  const std::vector<double> x = shares(curves.runs.front());
  const std::vector<double> mious = occlusion_mious(curves.runs, pixels);
  const double area = area_under_curve(x, mious);
  std::vector<double> areas;
  std::vector<double> differences;
  if (curves.runs.front().groups.size() >= kFewestGroups) {
    areas = resampled_areas(curves.runs, pixels, resamples);
    differences = resampled_areas(baseline.runs, pixels, resamples);
    for (std::size_t i = 0; i < areas.size(); ++i) differences[i] = areas[i] - differences[i];
  }
  const bool is_baseline = &curves == &baseline;
  const double more = area - area_under_curve(x, occlusion_mious(baseline.runs, pixels));
  std::string text = fmt::format("{},{},{},{},{},{},{}", curves.name,
                                 pixels == &OcclusionLevel::all ? "all" : "visible", curves.runs.size(), field(area),
                                 interval_fields(areas), is_baseline ? "" : field(more),
                                 is_baseline ? "," : interval_fields(differences));
  for (const double miou : mious) text += "," + field(miou);
  return text + "\n";
}

}  // namespace

void write_occlusion_table(const fs::path& path, const std::vector<fs::path>& curves, const std::string& baseline,
                           int resamples) {
  const std::vector<CurveFile> files = read_curves(curves);
  const std::vector<Curves> experiments = by_experiment(files);
  const Curves& reference = reference_of(experiments, baseline);
  std::string text = "experiment,pixels,trainings,area,area_low,area_high,difference,difference_low,difference_high";
  for (const double share : shares(files.front().curve)) text += fmt::format(",miou_{}", share);
  text += "\n";
  for (const Curves& one : experiments) {
    for (const OcclusionPixels pixels : {&OcclusionLevel::all, &OcclusionLevel::visible}) {
      text += row(one, reference, pixels, resamples);
    }
  }
  Seal seal{"aggregate", results_version("aggregate"), Json::object(), {}, ""};
  seal.parameters = {{"baseline", reference.name}, {"bootstrap", resamples}};
  Sha256 sha;
  for (const CurveFile& file : files) sha.update(file.seal.content);
  seal.inputs["curves"] = sha.hex();
  write_sealed_text(path, text, std::move(seal));
}

}  // namespace segfold
