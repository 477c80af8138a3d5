#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "segfold/data/shard.h"

namespace segfold {

/// Indices of the samples with these names; without names `count` (or all, if there are fewer) evenly spread over the
/// set. @throws UsageError for names that the set does not hold, with the nearest one.
std::vector<std::int64_t> choose_samples(const ShardSet& shards, const std::vector<std::string>& names, int count);

}  // namespace segfold
