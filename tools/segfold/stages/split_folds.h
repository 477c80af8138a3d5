#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "segfold/data/folds.h"

namespace segfold {

struct SplitFoldsOptions {
  std::vector<std::filesystem::path> shards;  ///< in any order; only names, groups and class pixels are read
  std::filesystem::path output;               ///< folds.json
  int folds = 3;                              ///< 2–1000
  std::uint64_t seed = 42;
  SplitStrategy strategy = SplitStrategy::kShuffle;
  bool dry_run = false;  ///< only see whether the output is what this makes (require_made_by)
  int threads = 0;       ///< not used: the work is too small

  /// @throws UsageError naming the option.
  void check() const;
};

/// Splits the samples of all shards into k folds, writes folds.json and logs how even they are.
/// @throws as ShardSet, split_samples and write_folds.
void split_folds(const SplitFoldsOptions& options);

}  // namespace segfold
