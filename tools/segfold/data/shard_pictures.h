#pragma once

#include "segfold/data/shard.h"
#include "segfold/image/image.h"

namespace segfold {

/// The stored photo of a sample, RGB.
Image read_photo(const ShardSet& shards, std::int64_t sample);

/// The label map of a sample as it is, without the padding it is stored with.
Image read_true_label(const ShardSet& shards, std::int64_t sample);

/// The label map on the photo's grid, as training compares them pixel by pixel.
Image read_label_on_photo(const ShardSet& shards, std::int64_t sample);

}  // namespace segfold
