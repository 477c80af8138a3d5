#include "segfold/score/occlusion_curve.h"

#include <fmt/format.h>

#include <cmath>

#include "segfold/score/counts_reader.h"
#include "segfold/score/score_json.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

constexpr const char* kFormat = "segfold.occlusion/2";
constexpr std::size_t kFewestGroups = 2;  // of an interval
constexpr int kResamples = 10000;

/// The counts of one level, of every run.
GroupedRuns runs_at(const std::vector<OcclusionCurve>& runs, std::size_t level, OcclusionPixels pixels) {
  GroupedRuns counts;
  for (const OcclusionCurve& run : runs) counts.push_back(run.levels[level].*pixels);
  return counts;
}

Json counts_json(const GroupedCounts& counts, const std::vector<std::string>& groups) {
  Json document = Json::object();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    document[groups[g]] = {{"tp", counts[g].tp}, {"seen", counts[g].seen}};
  }
  return document;
}

Json summary_json(const OcclusionCurve& curve, OcclusionPixels pixels) {
  Json mious = Json::array();
  for (const double miou : occlusion_mious({curve}, pixels)) mious.push_back(number_or_null(miou));
  Json summary{{"miou", mious},
               {"area", number_or_null(area_under_curve(occluded_shares(curve), occlusion_mious({curve}, pixels)))},
               {"area_low", nullptr},
               {"area_high", nullptr}};
  const std::vector<double> areas = resampled_areas({curve}, pixels, kResamples);
  if (areas.empty()) return summary;
  const ConfidenceInterval interval = percentile_interval(areas);
  summary["area_low"] = number_or_null(interval.low);
  summary["area_high"] = number_or_null(interval.high);
  return summary;
}

GroupedCounts read_counts(const CountsReader& reader, const Json& level, const char* key, const OcclusionCurve& curve) {
  const auto document = json_value<Json>(level, key, reader.origin);
  GroupedCounts counts;
  for (const std::string& group : curve.groups) {
    const auto entry = json_value<Json>(document, group, reader.origin);
    const std::string place = fmt::format("group '{}'", group);
    ClassCounts classes;
    classes.tp = reader.counts(entry, "tp", curve.classes.size(), place);
    classes.seen = reader.counts(entry, "seen", curve.classes.size(), place);
    for (std::size_t c = 0; c < classes.tp.size(); ++c) {
      if (classes.tp[c] > classes.seen[c]) reader.fail(fmt::format("more right pixels than pixels in {}", place));
    }
    counts.push_back(std::move(classes));
  }
  return counts;
}

void read_levels(const CountsReader& reader, const Json& document, OcclusionCurve& curve) {
  const auto levels = json_value<Json>(document, "levels", reader.origin);
  if (!levels.is_array() || levels.size() < 2) reader.fail("'levels' is not a list of two or more");
  for (const Json& level : levels) {
    const auto occluded = json_value<double>(level, "occluded", reader.origin);
    const double before = curve.levels.empty() ? -1 : curve.levels.back().occluded;
    if (!(occluded >= 0 && occluded < 1 && occluded > before))
      reader.fail("the shares of 'levels' do not rise in [0, 1)");
    curve.levels.push_back(
        {occluded, read_counts(reader, level, "all", curve), read_counts(reader, level, "visible", curve)});
  }
}

}  // namespace

std::vector<double> occluded_shares(const OcclusionCurve& curve) {
  std::vector<double> values;
  for (const OcclusionLevel& level : curve.levels) values.push_back(level.occluded);
  return values;
}

double area_under_curve(const std::vector<double>& x, const std::vector<double>& y) {
  double area = 0;
  for (std::size_t i = 1; i < x.size(); ++i) area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
  return area / (x.back() - x.front());
}

std::vector<double> occlusion_mious(const std::vector<OcclusionCurve>& runs, OcclusionPixels pixels) {
  std::vector<double> mious;
  for (std::size_t level = 0; level < runs.front().levels.size(); ++level) {
    std::vector<double> of_runs;
    for (const GroupedCounts& counts : runs_at(runs, level, pixels)) {
      const std::vector<std::uint32_t> once(counts.size(), 1);
      of_runs.push_back(pooled(counts, once).mean_iou());
    }
    mious.push_back(mean(of_runs));
  }
  return mious;
}

std::vector<double> resampled_areas(const std::vector<OcclusionCurve>& runs, OcclusionPixels pixels, int resamples) {
  if (runs.front().groups.size() < kFewestGroups) return {};
  std::vector<std::vector<double>> by_level;
  for (std::size_t level = 0; level < runs.front().levels.size(); ++level) {
    by_level.push_back(bootstrap_mious(runs_at(runs, level, pixels), resamples));
  }
  const std::vector<double> x = occluded_shares(runs.front());
  std::vector<double> areas;
  std::vector<double> y(x.size());
  for (std::size_t i = 0; i < by_level.front().size(); ++i) {
    for (std::size_t level = 0; level < y.size(); ++level) y[level] = by_level[level][i];
    areas.push_back(area_under_curve(x, y));
    if (std::isnan(areas.back())) return {};
  }
  return areas;
}

void write_occlusion_curve(const std::filesystem::path& path, const OcclusionCurve& curve, Seal seal) {
  Json levels = Json::array();
  for (const OcclusionLevel& level : curve.levels) {
    levels.push_back({{"occluded", level.occluded},
                      {"all", counts_json(level.all, curve.groups)},
                      {"visible", counts_json(level.visible, curve.groups)}});
  }
  Json document = score_heading_to_json(kFormat, curve);
  document["samples"] = curve.samples;
  document["groups"] = curve.groups;
  document["all"] = summary_json(curve, &OcclusionLevel::all);
  document["visible"] = summary_json(curve, &OcclusionLevel::visible);
  document["levels"] = std::move(levels);
  write_sealed_json(path, std::move(document), std::move(seal));
}

SealedOcclusionCurve read_occlusion_curve(const std::filesystem::path& path) {
  const SealedJson sealed = read_sealed_json(path, kFormat);
  const CountsReader reader{path.string()};
  OcclusionCurve curve{read_score_heading(sealed.document, reader), {}, {}, {}};
  curve.samples = json_value<std::string>(sealed.document, "samples", reader.origin);
  curve.groups = json_value<std::vector<std::string>>(sealed.document, "groups", reader.origin);
  if (curve.groups.empty()) reader.fail("no sample of it has a labelled pixel, so it says nothing");
  read_levels(reader, sealed.document, curve);
  return {std::move(curve), sealed.seal};
}

}  // namespace segfold
