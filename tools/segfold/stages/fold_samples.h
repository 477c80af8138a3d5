#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "segfold/data/folds.h"
#include "segfold/data/shard.h"

namespace segfold {

/// @param path  of the folds, for the message
/// @throws UsageError for a fold that there is not
void require_fold(const Folds& folds, int fold, const std::filesystem::path& path);

/// Indices into the shards of the samples that a fold holds out, in the order of the folds.
/// @throws as require_fold; DataError if a sample is in none of the shards.
std::vector<std::int64_t> samples_held_out(const ShardSet& shards, const Folds& folds, int fold,
                                           const std::filesystem::path& path);

}  // namespace segfold
