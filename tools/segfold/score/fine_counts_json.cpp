#include "segfold/score/fine_counts_json.h"

#include <fmt/format.h>

#include <array>

#include "segfold/score/score_json.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

struct BoundaryField {
  const char* key;
  std::uint64_t BoundaryCounts::* count;
};
constexpr std::array<BoundaryField, 4> kBoundaryFields{{{"matched_predicted", &BoundaryCounts::matched_predicted},
                                                        {"predicted", &BoundaryCounts::predicted},
                                                        {"matched_truth", &BoundaryCounts::matched_truth},
                                                        {"truth", &BoundaryCounts::truth}}};

std::string size_name(std::size_t size) { return std::string(kObjectSizeNames[size]); }

Json boundary_settings() { return {{"tolerance", kBoundaryTolerancePx}}; }
Json object_size_settings() { return {{"grid", to_string(kObjectSizeGrid)}, {"limits", kObjectSizeLimits}}; }

[[noreturn]] void disagree(std::size_t c, const std::string& what, const CountsReader& reader) {
  reader.fail(fmt::format("{} for class {} do not agree with its tp, fp and fn", what, c));
}

std::vector<BoundaryCounts> read_boundary(const Json& image, const OverlapCounts& all, const std::string& place,
                                          const CountsReader& reader) {
  const auto object = json_value<Json>(image, "boundary", reader.origin + ": " + place);
  const std::string what = "'boundary' of " + place;
  std::vector<BoundaryCounts> boundary(all.tp.size());
  for (const BoundaryField& field : kBoundaryFields) {
    const std::vector<std::uint64_t> values = reader.counts(object, field.key, boundary.size(), what);
    for (std::size_t c = 0; c < boundary.size(); ++c) boundary[c].*field.count = values[c];
  }
  for (std::size_t c = 0; c < boundary.size(); ++c) {
    const BoundaryCounts& counts = boundary[c];
    if (counts.matched_predicted > counts.predicted || counts.predicted > all.tp[c] + all.fp[c] ||
        counts.matched_truth > counts.truth || counts.truth > all.tp[c] + all.fn[c]) {
      disagree(c, what, reader);
    }
  }
  return boundary;
}

std::array<OverlapCounts, kObjectSizes> read_object_sizes(const Json& image, const OverlapCounts& all,
                                                          const std::string& place, const CountsReader& reader) {
  const auto object = json_value<Json>(image, "object_size", reader.origin + ": " + place);
  const std::string what = "'object_size' of " + place;
  const std::size_t classes = all.tp.size();
  const std::vector<std::uint64_t> none(classes);
  OverlapCounts sum{none, none, none};
  std::array<OverlapCounts, kObjectSizes> by_size;
  for (std::size_t size = 0; size < kObjectSizes; ++size) {
    const auto counts = json_value<Json>(object, size_name(size), reader.origin + ": " + what);
    const std::string part = fmt::format("'{}' in {}", kObjectSizeNames[size], what);
    by_size[size] = {reader.counts(counts, "tp", classes, part), reader.counts(counts, "fp", classes, part),
                     reader.counts(counts, "fn", classes, part)};
    sum += by_size[size];
  }
  for (std::size_t c = 0; c < classes; ++c) {
    if (sum.tp[c] != all.tp[c] || sum.fp[c] != all.fp[c] || sum.fn[c] != all.fn[c]) disagree(c, what, reader);
  }
  return by_size;
}

}  // namespace

void add_fine_counts(Json& image, const FineCounts& counts) {
  for (const BoundaryField& field : kBoundaryFields) {
    Json& values = image["boundary"][field.key] = Json::array();
    for (const BoundaryCounts& of_class : counts.boundary) values.push_back(of_class.*field.count);
  }
  for (std::size_t size = 0; size < kObjectSizes; ++size) {
    const OverlapCounts& pixels = counts.by_object_size[size];
    image["object_size"][size_name(size)] = {{"tp", pixels.tp}, {"fp", pixels.fp}, {"fn", pixels.fn}};
  }
}

void add_fine_scores(Json& document, const FineScores& scores, const std::vector<std::string>& classes) {
  Json& boundary = document["boundary"] = boundary_settings();
  const std::vector<double> f = scores.boundary_f();
  boundary["f"] = scores_by_class(f, classes);
  boundary["mean"] = number_or_null(mean_of_known(f));
  document["methods"]["boundary"] =
      "F1 of the pixels where a class meets another one, matched within the tolerance in pixels; mean over the images "
      "that have a boundary of the class";
  document["methods"]["object_size"] =
      "iou by the area of objects, which are 8-connected components of a class: tp and fn by the true object's, fp by "
      "the predicted one's; from the limits in pixels on one is medium and large in a picture of the size grid, in "
      "others they grow with the picture's area";
  Json& object_size = document["object_size"] = object_size_settings();
  const std::array<std::vector<double>, kObjectSizes> iou = scores.object_size_iou();
  for (std::size_t size = 0; size < kObjectSizes; ++size) {
    object_size["iou"][size_name(size)] = scores_by_class(iou[size], classes);
  }
  for (std::size_t size = 0; size < kObjectSizes; ++size) {
    object_size["mean"][size_name(size)] = number_or_null(mean_of_known(iou[size]));
  }
}

std::optional<FineCounts> read_fine_counts(const Json& image, const OverlapCounts& all, const std::string& place,
                                           const CountsReader& reader) {
  if (!image.contains("boundary") && !image.contains("object_size")) return std::nullopt;
  return FineCounts{read_boundary(image, all, place, reader), read_object_sizes(image, all, place, reader)};
}

void check_fine_settings(const Json& document, const CountsReader& reader) {
  const auto require = [&](const std::string& section, const Json& settings) {
    const auto found = json_value<Json>(document, section, reader.origin);
    for (const auto& [key, expected] : settings.items()) {
      const auto value = json_value<Json>(found, key, reader.origin + ": '" + section + "'");
      if (value == expected) continue;
      reader.fail(
          fmt::format("'{}' was measured with {} {}, expected {}", section, key, value.dump(), expected.dump()));
    }
  };
  require("boundary", boundary_settings());
  require("object_size", object_size_settings());
}

}  // namespace segfold
