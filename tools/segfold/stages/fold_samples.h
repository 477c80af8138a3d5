#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
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

/// @param what  begins the message, e.g. "folds.json: fold 2"
/// @throws DataError naming the samples if none of their pixels is labelled: nothing could be learnt from them or said
/// of a network by them.
void require_labelled(const ShardSet& shards, const std::vector<std::int64_t>& samples, const std::string& what);

}  // namespace segfold
