#include "segfold/train/transform.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "segfold/base/error.h"
#include "tests/support/coloured_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

const AugmentOptions kNoAugment{
    .scale_min = 1, .scale_max = 1, .flip = 0, .brightness = 0, .contrast = 0, .saturation = 0, .hue = 0};

class Transform : public ::testing::Test {
 protected:
  Transform() {
    testing::write_coloured_shard(folder_ / "a.h5", testing::sample_names(1, 4));
    shards_.emplace(std::vector<std::filesystem::path>{folder_ / "a.h5"});
    plain_.augment = kNoAugment;
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
      const std::ptrdiff_t at = i * a.channels;
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
  occluded.occlusion.label = OcclusionLabel::kIgnored;
  const Made before = make(plain_);
  const Made after = make(occluded);
  const std::int64_t covered = changed(before.image, after.image);
  EXPECT_GT(covered, 0);
  EXPECT_LT(covered, before.image.size.area());
  EXPECT_GT(std::ranges::count(after.label.pixels, kIgnore), std::ranges::count(before.label.pixels, kIgnore));
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

TEST_F(Transform, EachDrawIsAFunctionOfSeedFoldEpochAndSample) {
  TransformOptions cropped = plain_;
  cropped.crop.crop = Size{64, 96};  // larger than the photos, so that the void around one tells its scale
  TransformOptions augmented = plain_;
  augmented.augment.scale_min = 0.3;  // likewise
  TransformOptions occluded = plain_;
  occluded.occlusion = {.probability = 1, .label = OcclusionLabel::kIgnored};
  for (const TransformOptions& options : {cropped, augmented, occluded}) {
    const auto shape = [&](std::int64_t sample, EpochKey key) {
      Image label = make(options, sample, key).label;
      for (std::uint8_t& id : label.pixels) id = id == kIgnore ? 1 : 0;
      return label.pixels;
    };
    const auto first = shape(0, {1, 0, 1});
    EXPECT_EQ(shape(0, {1, 0, 1}), first);
    EXPECT_NE(shape(0, {2, 0, 1}), first);
    EXPECT_NE(shape(0, {1, 1, 1}), first);
    EXPECT_NE(shape(0, {1, 0, 2}), first);
    EXPECT_NE(shape(1, {1, 0, 1}), first);
  }
}

/// Four samples, each of one grey and one class, so that every pixel says which sample it is from.
class PatchTransform : public ::testing::Test {
 protected:
  PatchTransform() {
    ShardWriter writer(folder_ / "grey.h5", kSize, kSize, 4);
    std::uint8_t id = 0;
    for (const std::string& name : testing::sample_names(1, 4)) {
      ShardSample sample{.name = name, .group = "city0", .true_label_size = kSize};
      sample.image.assign(static_cast<std::size_t>(3 * kSize.area()), id);
      sample.label.assign(static_cast<std::size_t>(kSize.area()), id);
      writer.add(sample);
      ++id;
    }
    writer.finish(testing::preprocess_seal());
    shards_.emplace(std::vector<std::filesystem::path>{folder_ / "grey.h5"});
    options_.augment = kNoAugment;
    options_.occlusion = {.probability = 1, .fill = OcclusionFill::kPatch};
  }

  /// Makes sample 1 in 40 epochs and checks each of its pixels. @return the samples that its patches are from
  std::set<int> sources(const std::vector<std::int64_t>& others, int covered_label) const {
    std::set<int> sources;
    for (int epoch = 1; epoch <= 40; ++epoch) {
      SampleMaker maker(*shards_, options_, {1, 0, epoch}, others);
      const TransformParams params = maker.make(1);
      std::set<int> inside, outside, labels_inside, labels_outside;
      for (std::int64_t y = 0; y < kSize.height; ++y) {
        for (std::int64_t x = 0; x < kSize.width; ++x) {
          const bool covered = is_covered(params.occlusion, y, x);
          (covered ? inside : outside).insert(maker.image().at(y, x));
          (covered ? labels_inside : labels_outside).insert(maker.label().at(y, x));
        }
      }
      EXPECT_EQ(inside.size(), 1U);  // one other sample for all rectangles of an epoch
      EXPECT_EQ(outside, std::set<int>{1});
      EXPECT_EQ(labels_inside, std::set<int>{covered_label});
      EXPECT_EQ(labels_outside, std::set<int>{1});
      sources.merge(inside);
    }
    return sources;
  }

  static constexpr Size kSize{32, 48};
  TransformOptions options_;

 private:
  static bool is_covered(const OcclusionParams& params, std::int64_t y, std::int64_t x) {
    return std::ranges::any_of(params.boxes, [&](const OccludedBox& box) {
      const Window& window = box.window;
      return y >= window.y && y < window.y + window.size.height && x >= window.x && x < window.x + window.size.width;
    });
  }

  testing::TemporaryFolder folder_;
  std::optional<ShardSet> shards_;
};

TEST_F(PatchTransform, TakesPatchesFromEveryOtherSampleAndNeverFromItsOwn) {
  EXPECT_EQ(sources({0, 1, 2, 3}, 1), (std::set<int>{0, 2, 3}));
}

TEST_F(PatchTransform, TakesPatchesFromNoneButTheSamplesGiven) { EXPECT_EQ(sources({1, 2}, 1), std::set<int>{2}); }

TEST_F(PatchTransform, TakesLabelsOutUnderThePatchesAndNowhereElse) {
  options_.occlusion.label = OcclusionLabel::kIgnored;
  EXPECT_EQ(sources({0, 1, 2, 3}, kIgnore), (std::set<int>{0, 2, 3}));
}

TEST(TransformOptions, RefuseWhatAnyOfItsPartsRefuses) {
  EXPECT_THROW((TransformOptions{.augment = {.flip = 2}}.check()), UsageError);
  EXPECT_THROW((TransformOptions{.occlusion = {.probability = 2}}.check()), UsageError);
  EXPECT_THROW((TransformOptions{.crop = {.scale_min = -1}}.check()), UsageError);
}

}  // namespace
}  // namespace segfold
