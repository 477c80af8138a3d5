#include "segfold/train/transform.h"

#include <fmt/format.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/base/random.h"
#include "segfold/data/shard_pictures.h"

namespace segfold {

void TransformOptions::check() const {
  crop.check();
  augment.check();
  occlusion.check();
}

void TransformOptions::check_for(Size stored) const {
  const Size seen = output_size(stored);
  const bool larger = seen.height > stored.height || seen.width > stored.width;
  if (larger && occlusion.fill == OcclusionFill::kPatch && occlusion.probability > 0) {
    throw UsageError(
        fmt::format("--crop {}: is larger than the stored {}, so no patch of another sample might cover a "
                    "rectangle; choose another --occlusion-fill",
                    to_string(seen), to_string(stored)));
  }
}

SampleMaker::SampleMaker(const ShardSet& shards, const TransformOptions& options, EpochKey key,
                         const std::vector<std::int64_t>& others)
    : shards_(shards),
      options_(options),
      key_(key),
      others_(others),
      stored_image_(shards.image_size(), 3),
      other_(shards.image_size(), 3) {}

TransformParams SampleMaker::make(std::int64_t sample) {
  const std::string& name = shards_.name(sample);
  shards_.read_image(sample, stored_image_.pixels);
  stored_label_ = read_label_on_photo(shards_, sample);
  const bool cropped = options_.crop.crop.has_value();
  if (cropped) crop(name);
  TransformParams params;
  RandomStream augment_stream(random_key({"augment", key_.seed, key_.fold, key_.epoch, name}));
  params.augment = draw_augment(options_.augment, augment_stream);
  apply_augment(params.augment, cropped ? cropped_image_ : stored_image_, cropped ? cropped_label_ : stored_label_,
                image_, label_);
  RandomStream occlusion_stream(random_key({"occlusion", key_.seed, key_.fold, key_.epoch, name}));
  params.occlusion = draw_occlusion(options_.occlusion, image_.size, occlusion_stream);
  apply_occlusion(params.occlusion, image_, label_, other_photo(params.occlusion, sample));
  return params;
}

void SampleMaker::crop(const std::string& name) {
  RandomStream stream(random_key({"crop", key_.seed, key_.fold, key_.epoch, name}));
  apply_crop(draw_crop(options_.crop, stored_label_, stream), stored_image_, stored_label_, cropped_image_,
             cropped_label_);
}

/// As stored: a patch needs no crop or colours of its own.
const Image* SampleMaker::other_photo(const OcclusionParams& params, std::int64_t sample) {
  if (!params.needs_other()) return nullptr;
  const auto count = static_cast<double>(others_.size());
  auto index = std::min(static_cast<std::size_t>(params.other * count), others_.size() - 1);
  if (others_[index] == sample) index = (index + 1) % others_.size();
  shards_.read_image(others_[index], other_.pixels);
  return &other_;
}

}  // namespace segfold
