#include "segfold/data/shard_pictures.h"

#include <algorithm>

#include "segfold/image/resize.h"

namespace segfold {

Image read_photo(const ShardSet& shards, std::int64_t sample) {
  Image photo(shards.image_size(), 3);
  shards.read_image(sample, photo.pixels);
  return photo;
}

Image read_true_label(const ShardSet& shards, std::int64_t sample) {
  Image stored(shards.label_size(), 1);
  shards.read_label(sample, stored.pixels);
  const Size size = shards.true_label_size(sample);
  if (size == stored.size) return stored;
  Image label(size, 1);
  for (std::int64_t y = 0; y < size.height; ++y) std::copy_n(stored.row(y), size.width, label.row(y));
  return label;
}

Image read_label_on_photo(const ShardSet& shards, std::int64_t sample) {
  // Also where the stored sizes are equal: the photo fills its own, a padded map only a part.
  const Image label = read_true_label(shards, sample);
  return label.size == shards.image_size() ? label : resize_labels(label, shards.image_size());
}

}  // namespace segfold
