#include "segfold/data/shard_pictures.h"

#include <gtest/gtest.h>

#include "segfold/image/resize.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::kNoiseImageSize;
using testing::kNoiseLabelSize;
using testing::noise_sample;
using testing::preprocess_seal;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

/// Writes a shard of one sample whose label map fills its place, and returns the sample.
ShardSample write_unpadded_shard(const std::filesystem::path& path, Size label_size) {
  ShardSample sample = noise_sample("a_000000_000019", kNoiseImageSize, label_size);
  sample.true_label_size = label_size;
  ShardWriter writer(path, kNoiseImageSize, label_size, 1);
  writer.add(sample);
  writer.finish(preprocess_seal());
  return sample;
}

TEST(ShardPictures, ThePhotoIsTheStoredOne) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const Image photo = read_photo(ShardSet({folder / "a.h5"}), 1);
  EXPECT_EQ(photo.size, kNoiseImageSize);
  EXPECT_EQ(photo.channels, 3);
  EXPECT_EQ(photo.pixels, samples[1].image);
}

TEST(ShardPictures, TheTrueLabelLeavesOutThePadding) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const Image label = read_true_label(ShardSet({folder / "a.h5"}), 1);
  const Size true_size{kNoiseLabelSize.height, kNoiseLabelSize.width - 1};
  ASSERT_EQ(label.size, true_size);
  for (std::int64_t y = 0; y < true_size.height; ++y) {
    for (std::int64_t x = 0; x < true_size.width; ++x)
      EXPECT_EQ(label.at(y, x), samples[1].label[static_cast<std::size_t>(y * kNoiseLabelSize.width + x)]);
  }
}

TEST(ShardPictures, ALabelWithoutPaddingStaysWhole) {
  const TemporaryFolder folder;
  const ShardSample sample = write_unpadded_shard(folder / "a.h5", kNoiseLabelSize);
  const Image label = read_true_label(ShardSet({folder / "a.h5"}), 0);
  EXPECT_EQ(label.size, kNoiseLabelSize);
  EXPECT_EQ(label.pixels, sample.label);
}

TEST(ShardPictures, ALabelOfAnotherSizeIsLaidOnThePhotosGrid) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const ShardSet shards({folder / "a.h5"});
  const Image label = read_label_on_photo(shards, 0);
  EXPECT_EQ(label.size, kNoiseImageSize);
  EXPECT_EQ(label.pixels, resize_labels(read_true_label(shards, 0), kNoiseImageSize).pixels);
}

TEST(ShardPictures, APaddedLabelOfThePhotosSizeIsStretchedAsThePhotoWas) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 1), kNoiseImageSize, kNoiseImageSize);
  const ShardSet shards({folder / "a.h5"});
  const Image label = read_label_on_photo(shards, 0);
  EXPECT_EQ(label.size, kNoiseImageSize);
  EXPECT_EQ(label.pixels, resize_labels(read_true_label(shards, 0), kNoiseImageSize).pixels);
}

TEST(ShardPictures, AWholeLabelOfThePhotosSizeIsTheStoredOne) {
  const TemporaryFolder folder;
  const ShardSample sample = write_unpadded_shard(folder / "a.h5", kNoiseImageSize);
  EXPECT_EQ(read_label_on_photo(ShardSet({folder / "a.h5"}), 0).pixels, sample.label);
}

}  // namespace
}  // namespace segfold
