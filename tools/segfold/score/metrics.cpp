#include "segfold/score/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "segfold/base/error.h"

namespace segfold {
namespace {

constexpr const char* kFormat = "segfold.metrics/1";
constexpr const char* kRemedy = "run eval-fold again";
// Far above the pixels of any data set, far below where a sum of counts could overflow.
constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 50;

Json number_or_null(double value) { return std::isnan(value) ? Json(nullptr) : Json(value); }

/// Reads the parts of one file; every error names it.
struct Reader {
  std::string origin;

  [[noreturn]] void fail(const std::string& problem) const {
    throw DataError(fmt::format("{}: {}; {}", origin, problem, kRemedy));
  }

  std::uint64_t count(const Json& value, const std::string& place) const {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMostPixels)
      fail(place + " is not a number of pixels");
    return value.get<std::uint64_t>();
  }

  std::vector<std::uint64_t> counts(const Json& document, const std::string& key, std::size_t expected,
                                    const std::string& place) const {
    const auto list = json_value<Json>(document, key, origin + ": " + place);
    if (!list.is_array() || list.size() != expected)
      fail(fmt::format("{} of {} is not a list of {} numbers", key, place, expected));
    std::vector<std::uint64_t> values;
    for (const Json& value : list) values.push_back(count(value, fmt::format("{} of {}", key, place)));
    return values;
  }

  ConfusionMatrix matrix(const Json& document, int classes) const {
    const auto rows = json_value<Json>(document, "confusion", origin);
    const auto expected = static_cast<std::size_t>(classes);
    const auto is_row = [&](const Json& row) { return row.is_array() && row.size() == expected; };
    if (!rows.is_array() || rows.size() != expected || !std::all_of(rows.begin(), rows.end(), is_row)) {
      fail(fmt::format("'confusion' is not a matrix of {0} × {0}", classes));
    }
    ConfusionMatrix matrix(classes);
    for (int truth = 0; truth < classes; ++truth) {
      for (int prediction = 0; prediction < classes; ++prediction) {
        const Json& value = rows[static_cast<std::size_t>(truth)][static_cast<std::size_t>(prediction)];
        matrix.at(truth, prediction) = count(value, fmt::format("'confusion' at ({}, {})", truth, prediction));
      }
    }
    return matrix;
  }

  std::vector<ImageCounts> images(const Json& document, std::size_t classes) const {
    const auto list = json_value<Json>(document, "per_image", origin);
    const auto announced = json_value<Json>(document, "images", origin);
    if (!list.is_array() || list.empty() || announced != Json(list.size()))
      fail("'per_image' does not list every image");
    std::vector<ImageCounts> images;
    std::set<std::string> names;
    for (const Json& entry : list) {
      ImageCounts image;
      image.name = json_value<std::string>(entry, "name", origin);
      image.group = json_value<std::string>(entry, "group", origin);
      const std::string place = "image '" + image.name + "'";
      image.tp = counts(entry, "tp", classes, place);
      image.fp = counts(entry, "fp", classes, place);
      image.fn = counts(entry, "fn", classes, place);
      if (!names.insert(image.name).second) fail(place + " stands twice");
      images.push_back(std::move(image));
    }
    return images;
  }

  void require_sum(const Metrics& metrics) const {
    for (int c = 0; c < metrics.confusion.classes(); ++c) {
      std::uint64_t tp = 0;
      std::uint64_t fp = 0;
      std::uint64_t fn = 0;
      for (const ImageCounts& image : metrics.per_image) {
        tp += image.tp[static_cast<std::size_t>(c)];
        fp += image.fp[static_cast<std::size_t>(c)];
        fn += image.fn[static_cast<std::size_t>(c)];
      }
      if (tp != metrics.confusion.true_positives(c) || fp != metrics.confusion.false_positives(c) ||
          fn != metrics.confusion.false_negatives(c)) {
        fail(fmt::format("the counts per image do not sum to the matrix for class '{}'",
                         metrics.classes[static_cast<std::size_t>(c)]));
      }
    }
  }

  std::optional<int> fold(const Json& document) const {
    if (!document.contains("fold") || document["fold"].is_null()) return std::nullopt;
    const Json& value = document["fold"];
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 1000000) fail("'fold' is not the number of a fold");
    return value.get<int>();
  }
};

}  // namespace

Json matrix_to_json(const ConfusionMatrix& matrix) {
  Json rows = Json::array();
  for (int truth = 0; truth < matrix.classes(); ++truth) {
    Json row = Json::array();
    for (int prediction = 0; prediction < matrix.classes(); ++prediction) row.push_back(matrix.at(truth, prediction));
    rows.push_back(row);
  }
  return rows;
}

Json metrics_to_json(const Metrics& metrics) {
  Json iou = Json::object();
  const std::vector<double> scores = metrics.confusion.iou();
  for (std::size_t c = 0; c < scores.size(); ++c) iou[metrics.classes.at(c)] = number_or_null(scores[c]);
  Json per_image = Json::array();
  for (const ImageCounts& image : metrics.per_image) {
    per_image.push_back(
        {{"name", image.name}, {"group", image.group}, {"tp", image.tp}, {"fp", image.fp}, {"fn", image.fn}});
  }
  return {{"format", kFormat},
          {"experiment", metrics.experiment},
          {"fold", metrics.fold ? Json(*metrics.fold) : Json(nullptr)},
          {"split", metrics.split},
          {"resolution", metrics.resolution},
          {"classes", metrics.classes},
          {"images", metrics.per_image.size()},
          {"confusion", matrix_to_json(metrics.confusion)},
          {"iou", iou},
          {"miou", number_or_null(metrics.confusion.mean_iou())},
          {"pixel_accuracy", number_or_null(metrics.confusion.pixel_accuracy())},
          {"per_image", per_image}};
}

SealedMetrics read_metrics(const std::filesystem::path& path) {
  const SealedJson sealed = read_sealed_json(path, kFormat);
  const Reader reader{path.string()};
  const Json& document = sealed.document;
  Metrics metrics;
  metrics.experiment = json_value<std::string>(document, "experiment", reader.origin);
  metrics.fold = reader.fold(document);
  metrics.split = json_value<std::string>(document, "split", reader.origin);
  if (metrics.split != "held-out" && metrics.split != "all") {
    reader.fail(fmt::format("'split' is '{}', expected 'held-out' or 'all'", metrics.split));
  }
  metrics.resolution = json_value<std::string>(document, "resolution", reader.origin);
  try {
    parse_size(metrics.resolution);
  } catch (const UsageError&) {
    reader.fail(fmt::format("'resolution' is '{}', expected a size such as 512x1024", metrics.resolution));
  }
  metrics.classes = json_value<std::vector<std::string>>(document, "classes", reader.origin);
  if (metrics.classes.empty() || metrics.classes.size() > 254) reader.fail("'classes' is not a list of 1 to 254 names");
  if (std::set(metrics.classes.begin(), metrics.classes.end()).size() != metrics.classes.size()) {
    reader.fail("'classes' holds a name twice");
  }
  metrics.confusion = reader.matrix(document, static_cast<int>(metrics.classes.size()));
  metrics.per_image = reader.images(document, metrics.classes.size());
  reader.require_sum(metrics);
  return {std::move(metrics), sealed.seal};
}

void write_metrics(const std::filesystem::path& path, const Metrics& metrics, const Seal& seal) {
  write_sealed_json(path, metrics_to_json(metrics), seal);
}

}  // namespace segfold
