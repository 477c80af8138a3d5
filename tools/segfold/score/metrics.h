#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segfold/base/seal.h"
#include "segfold/base/size.h"
#include "segfold/score/confusion.h"

namespace segfold {

/// Counts of one image per class.
struct ImageCounts {
  std::string name;
  std::string group;
  std::vector<std::uint64_t> tp, fp, fn;  ///< [C] pixels
};

/// Scores of one model on one set of samples: integers first, everything else derived from them.
struct Metrics {
  std::string experiment;
  std::optional<int> fold;  ///< absent where the model was trained on every sample
  std::string split;        ///< "held-out" (the fold's own samples) or "all" (every sample of the shards)
  std::string resolution;   ///< label grid on which pixels were compared, "HxW"
  std::vector<std::string> classes;
  ConfusionMatrix confusion;
  std::vector<ImageCounts> per_image;
};

/// Rows as in the matrix: truth.
Json matrix_to_json(const ConfusionMatrix& matrix);

/// metrics.json ("segfold.metrics/1"); NaN is written as null.
Json metrics_to_json(const Metrics& metrics);

struct SealedMetrics {
  Metrics metrics;
  Seal seal;
};
/// Reads and checks metrics.json: the seal, that the matrix is square, that per-image counts sum to it.
SealedMetrics read_metrics(const std::filesystem::path& path);
void write_metrics(const std::filesystem::path& path, const Metrics& metrics, const Seal& seal);

}  // namespace segfold
