#include "segfold/train/transform.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/data/labels.h"
#include "tests/support/coloured_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

class Transform : public ::testing::Test {
 protected:
  Transform() {
    testing::write_coloured_shard(folder_ / "a.h5", testing::sample_names(1, 4));
    shards_.emplace(std::vector<std::filesystem::path>{folder_ / "a.h5"});
    plain_.augment = {
        .scale_min = 1, .scale_max = 1, .flip = 0, .brightness = 0, .contrast = 0, .saturation = 0, .hue = 0};
  }

  struct Made {
    Image image, label;
  };
  Made make(const TransformOptions& options, std::int64_t sample = 0, EpochKey key = {1, 0, 1}) const {
    SampleMaker maker(*shards_, options, key, all_);
    maker.make(sample);
    return {maker.image(), maker.label()};
  }

  /// Pixels in which two pictures differ.
  static std::int64_t changed(const Image& a, const Image& b) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < a.size.area(); ++i) {
      const auto at = static_cast<std::ptrdiff_t>(i * a.channels);
      count += std::equal(a.pixels.begin() + at, a.pixels.begin() + at + a.channels, b.pixels.begin() + at) ? 0 : 1;
    }
    return count;
  }

  testing::TemporaryFolder folder_;
  std::optional<ShardSet> shards_;
  TransformOptions plain_;
  const std::vector<std::int64_t> all_{0, 1, 2, 3};
};

TEST_F(Transform, WithEverythingOffGivesTheStoredSample) {
  const Made made = make(plain_, 2);
  Image stored(shards_->image_size(), 3);
  shards_->read_image(2, stored.pixels);
  EXPECT_EQ(made.image.pixels, stored.pixels);
}

TEST_F(Transform, OcclusionCoversPartsAndMayTakeTheirLabelsOut) {
  TransformOptions occluded = plain_;
  occluded.occlusion.probability = 1;
  occluded.occlusion.label = OcclusionLabel::kVoid;
  const Made before = make(plain_);
  const Made after = make(occluded);
  const std::int64_t covered = changed(before.image, after.image);
  EXPECT_GT(covered, 0);
  EXPECT_LT(covered, before.image.size.area());
  EXPECT_GT(std::count(after.label.pixels.begin(), after.label.pixels.end(), kIgnore),
            std::count(before.label.pixels.begin(), before.label.pixels.end(), kIgnore));
}

TEST_F(Transform, OcclusionDrawsNothingThatOtherTransformsDraw) {
  TransformOptions varied;
  TransformOptions occluded;
  occluded.occlusion.probability = 1;
  const Made before = make(varied);
  const Made after = make(occluded);
  EXPECT_EQ(before.label.pixels, after.label.pixels);  // kept labels: same scale, same flip
  EXPECT_LT(changed(before.image, after.image), before.image.size.area());
}

TEST_F(Transform, PatchesComeFromOtherSamplesOnly) {
  TransformOptions patched = plain_;
  patched.occlusion = {.probability = 1, .fill = OcclusionFill::kPatch};
  int differing = 0;
  for (int epoch = 1; epoch <= 10; ++epoch) {
    const Made after = make(patched, 0, {1, 0, epoch});
    differing += changed(make(plain_).image, after.image) > 0 ? 1 : 0;
  }
  EXPECT_EQ(differing,
            10);  // noise tells even equally coloured bands apart; its own patch could change nothing in place
}

TEST_F(Transform, CropsHaveTheSizeAskedForWhateverTheScale) {
  TransformOptions cropped = plain_;
  cropped.crop.crop = Size{40, 24};
  for (int epoch = 1; epoch <= 5; ++epoch) {
    const Made made = make(cropped, 1, {1, 0, epoch});
    EXPECT_EQ(made.image.size, (Size{40, 24}));
    EXPECT_EQ(made.label.size, (Size{40, 24}));
  }
  EXPECT_EQ(cropped.output_size({32, 48}), (Size{40, 24}));
  EXPECT_EQ(plain_.output_size({32, 48}), (Size{32, 48}));
}

TEST_F(Transform, IsAFunctionOfTheKeyAndTheSample) {
  TransformOptions all;
  all.crop.crop = Size{32, 32};
  all.occlusion.probability = 1;
  EXPECT_EQ(make(all).image.pixels, make(all).image.pixels);
  EXPECT_NE(make(all, 0, {1, 0, 2}).image.pixels, make(all).image.pixels);
  EXPECT_NE(make(all, 0, {1, 1, 1}).image.pixels, make(all).image.pixels);
  EXPECT_NE(make(all, 0, {2, 0, 1}).image.pixels, make(all).image.pixels);
}

TEST(TransformOptions, RefuseWhatAnyOfItsPartsRefuses) {
  EXPECT_THROW((TransformOptions{.augment = {.flip = 2}}.check()), UsageError);
  EXPECT_THROW((TransformOptions{.occlusion = {.probability = 2}}.check()), UsageError);
  EXPECT_THROW((TransformOptions{.crop = {.scale_min = -1}}.check()), UsageError);
}

}  // namespace
}  // namespace segfold
