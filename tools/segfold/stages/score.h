#pragma once

#include <filesystem>

namespace segfold {

struct ScoreOptions {
  std::filesystem::path predictions;  ///< folder of maps of raw ids, at the truth's size
  std::filesystem::path labels;       ///< folder with label and instance maps
  std::filesystem::path output;       ///< JSON
  bool per_image = false;
  int threads = 0;  ///< 0 = all this process may use; the result does not depend on it

  /// @throws UsageError naming the option.
  void check() const;
};

/// Scores a folder of predictions as the Cityscapes benchmark does and writes the result file: official_scores() with
/// "format" segfold.scores/1 and a seal; with per_image also perImageScores, {name: {nbNotIgnoredPixels,
/// nbCorrectPixels}}. @throws as find_scored_pairs and the readers of PNGs; an Error that lists every file whose size
/// or ids are wrong; DataError if predictions carry seals of different runs (none is as good as any).
void score(const ScoreOptions& options);

}  // namespace segfold
