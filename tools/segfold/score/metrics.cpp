#include "segfold/score/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "segfold/base/error.h"
#include "segfold/score/counts_reader.h"
#include "segfold/score/fine_counts_json.h"
#include "segfold/score/score_json.h"

namespace segfold {
namespace {

constexpr const char* kFormat = "segfold.metrics/1";

/// Reads the parts of one file; every error names it.
struct Reader : CountsReader {
  ConfusionMatrix matrix(const Json& document, int classes) const {
    const auto rows = json_value<Json>(document, "confusion", origin);
    const auto expected = static_cast<std::size_t>(classes);
    const auto is_row = [&](const Json& row) { return row.is_array() && row.size() == expected; };
    if (!rows.is_array() || rows.size() != expected || !std::ranges::all_of(rows, is_row)) {
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
      image.fine = read_fine_counts(entry, {image.tp, image.fp, image.fn}, place, *this);
      if (!names.insert(image.name).second) fail(place + " stands twice");
      if (!images.empty() && image.fine.has_value() != images.front().fine.has_value())
        fail(fmt::format("boundaries are counted in only one of '{}' and '{}'", images.front().name, image.name));
      images.push_back(std::move(image));
    }
    if (images.front().fine) check_fine_settings(document, *this);
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
};

/// How the figures were made, for a reader of the file alone.
Json methods() {
  return {{"confusion", "sum over the images; rows are truth, columns prediction, pixels; void truth is not counted"},
          {"iou", "tp / (tp + fp + fn) of the summed counts; null for a class in neither truth nor prediction"},
          {"miou", "mean of iou over the classes that have one"},
          {"pixel_accuracy", "share of the counted pixels whose prediction is the truth"},
          {"per_image", "counts in the order of classes"}};
}

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

std::optional<FineScores> fine_scores(const Metrics& metrics) {
  const auto measured = [](const ImageCounts& image) { return image.fine.has_value(); };
  if (std::ranges::none_of(metrics.per_image, measured)) return std::nullopt;
  if (!std::ranges::all_of(metrics.per_image, measured))
    throw InternalError("boundaries were measured in some images only");
  FineScores scores(metrics.confusion.classes());
  for (const ImageCounts& image : metrics.per_image) scores.add(image.fine.value());
  return scores;
}

Json metrics_to_json(const Metrics& metrics) {
  Json per_image = Json::array();
  for (const ImageCounts& image : metrics.per_image) {
    per_image.push_back(
        {{"name", image.name}, {"group", image.group}, {"tp", image.tp}, {"fp", image.fp}, {"fn", image.fn}});
    if (image.fine) add_fine_counts(per_image.back(), *image.fine);
  }
  Json document = score_heading_to_json(kFormat, metrics);
  document["methods"] = methods();
  document["images"] = metrics.per_image.size();
  document["confusion"] = matrix_to_json(metrics.confusion);
  document["iou"] = scores_by_class(metrics.confusion.iou(), metrics.classes);
  document["miou"] = number_or_null(metrics.confusion.mean_iou());
  document["pixel_accuracy"] = number_or_null(metrics.confusion.pixel_accuracy());
  if (const std::optional<FineScores> scores = fine_scores(metrics))
    add_fine_scores(document, *scores, metrics.classes);
  document["per_image"] = std::move(per_image);
  return document;
}

SealedMetrics read_metrics(const std::filesystem::path& path) {
  const SealedJson sealed = read_sealed_json(path, kFormat);
  const Reader reader{{path.string()}};
  const Json& document = sealed.document;
  Metrics metrics{read_score_heading(document, reader), {}, {}};
  metrics.confusion = reader.matrix(document, static_cast<int>(metrics.classes.size()));
  metrics.per_image = reader.images(document, metrics.classes.size());
  reader.require_sum(metrics);
  return {std::move(metrics), sealed.seal};
}

void write_metrics(const std::filesystem::path& path, const Metrics& metrics, const Seal& seal) {
  write_sealed_json(path, metrics_to_json(metrics), seal);
}

}  // namespace segfold
