#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segfold/base/seal.h"
#include "segfold/score/confusion.h"
#include "segfold/score/fine_scores.h"
#include "segfold/score/score_heading.h"

namespace segfold {

/// Counts of one image per class.
struct ImageCounts {
  std::string name;
  std::string group;
  std::vector<std::uint64_t> tp, fp, fn;  ///< [C] pixels
  std::optional<FineCounts> fine;         ///< boundaries and objects by size; measured in every image or in none
};

/// Scores of one model on one set of samples: integers first, everything else derived from them.
struct Metrics : ScoreHeading {
  ConfusionMatrix confusion;
  std::vector<ImageCounts> per_image;
};

/// Rows as in the matrix: truth.
Json matrix_to_json(const ConfusionMatrix& matrix);

/// Boundary F and IoU by object size over all images; none where they were not measured.
/// @throws InternalError if they were measured in some images only.
std::optional<FineScores> fine_scores(const Metrics& metrics);

/// metrics.json ("segfold.metrics/1"); NaN is written as null; "methods" says how the figures were made. Where
/// boundaries and objects were measured there are also
///   "boundary": {"tolerance": 2, "f": {class: value or null}, "mean": value or null},
///   "object_size": {"grid": "1024x2048", "limits": [1024, 9216],
///                   "iou": {"small": {class: value or null}, "medium": {…}, "large": {…}}, "mean": {"small": …}}
/// and in each entry of "per_image", lists by class,
///   "boundary": {"matched_predicted", "predicted", "matched_truth", "truth"},
///   "object_size": {"small": {"tp", "fp", "fn"}, "medium": {…}, "large": {…}}.
Json metrics_to_json(const Metrics& metrics);

struct SealedMetrics {
  Metrics metrics;
  Seal seal;
};
/// Reads and checks metrics.json: the seal, that the matrix is square, that per-image counts sum to it, and that counts
/// of boundaries and objects, where there are any, were taken as this version takes them and agree with the others.
SealedMetrics read_metrics(const std::filesystem::path& path);
/// @throws as write_sealed_json; InternalError as fine_scores.
void write_metrics(const std::filesystem::path& path, const Metrics& metrics, const Seal& seal);

}  // namespace segfold
