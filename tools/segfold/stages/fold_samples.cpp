#include "segfold/stages/fold_samples.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {

void require_fold(const Folds& folds, int fold, const std::filesystem::path& path) {
  if (fold < 0 || fold >= folds.count())
    throw UsageError(fmt::format("--fold {}: {} has folds 0 to {}", fold, path.string(), folds.count() - 1));
}

std::vector<std::int64_t> samples_held_out(const ShardSet& shards, const Folds& folds, int fold,
                                           const std::filesystem::path& path) {
  require_fold(folds, fold, path);
  std::vector<std::int64_t> samples;
  for (const std::string& name : folds.held_out[static_cast<std::size_t>(fold)]) {
    const auto sample = shards.find(name);
    if (!sample)
      throw DataError(fmt::format("{}: sample '{}' is in none of the shards; give the shards it was split from",
                                  path.string(), name));
    samples.push_back(*sample);
  }
  return samples;
}

}  // namespace segfold
