#include "segfold/image/occlusion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/expect_uniform.h"
#include "tests/support/noise_image.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::expect_uniform;
using ::segfold::testing::noise_image;

constexpr OcclusionOptions kAlways{.probability = 1};

OcclusionParams drawn(const OcclusionOptions& options, Size size, std::uint64_t key) {
  RandomStream random(key);
  return draw_occlusion(options, size, random);
}

struct Sample {
  Image image = noise_image({6, 8}, 3);
  Image label = noise_image({6, 8}, 1, 19);
};

/// Covers rows 1 and 2, columns 3 to 5 of the sample.
OcclusionParams one_box(OcclusionFill fill, OcclusionLabel label = OcclusionLabel::kKeep) {
  OcclusionParams params;
  params.boxes = {{.window = {1, 3, {2, 3}}}};
  params.fill = fill;
  params.label = label;
  return params;
}

bool is_covered(std::int64_t y, std::int64_t x) { return y >= 1 && y <= 2 && x >= 3 && x <= 5; }

TEST(Occlusion, NamesEveryFillAndTreatment) {
  EXPECT_EQ(occlusion_fill_name(OcclusionFill::kMean), "mean");
  EXPECT_EQ(occlusion_fill_name(OcclusionFill::kNoise), "noise");
  EXPECT_EQ(occlusion_fill_name(OcclusionFill::kBlack), "black");
  EXPECT_EQ(occlusion_fill_name(OcclusionFill::kPatch), "patch");
  EXPECT_EQ(occlusion_label_name(OcclusionLabel::kKeep), "keep");
  EXPECT_EQ(occlusion_label_name(OcclusionLabel::kIgnored), "ignore");
}

TEST(Occlusion, LeavesPicturesAsTheyAreByDefault) {
  for (std::uint64_t key = 0; key < 200; ++key) EXPECT_TRUE(drawn({}, {30, 40}, key).boxes.empty());
  Sample sample;
  apply_occlusion(drawn({}, sample.image.size, 1), sample.image, sample.label);
  EXPECT_EQ(sample.image, Sample().image);
  EXPECT_EQ(sample.label, Sample().label);
}

TEST(Occlusion, OccludesWithItsProbabilityAndEveryNumberOfRectanglesEquallyOften) {
  const OcclusionOptions options{.probability = 0.3, .rectangles_min = 2, .rectangles_max = 5};
  std::vector<int> counts(4);
  int none = 0;
  for (std::uint64_t key = 0; key < 10000; ++key) {
    const std::size_t boxes = drawn(options, {30, 40}, key).boxes.size();
    if (boxes == 0) {
      ++none;
    } else {
      ++counts.at(boxes - 2);
    }
  }
  EXPECT_NEAR(none, 7000, 5 * std::sqrt(10000 * 0.3 * 0.7));
  expect_uniform(counts);
}

TEST(Occlusion, RectanglesLieInsideAndCoverTheirShareToHalfAColumn) {
  for (const Size size : {Size{64, 128}, Size{256, 256}, Size{7, 5}, Size{1, 1}, Size{1, 50}, Size{50, 1}}) {
    for (const double share : {1e-9, 0.02, 0.31, 0.9, 1.0}) {
      const OcclusionOptions options{
          .probability = 1, .area_min = share, .area_max = share, .aspect_min = 0.01, .aspect_max = 100};
      for (std::uint64_t key = 0; key < 100; ++key) {
        for (const OccludedBox& box : drawn(options, size, key).boxes) {
          ASSERT_TRUE(is_inside(box.window, size));
          const auto height = static_cast<double>(box.window.size.height);
          const double wanted = share * static_cast<double>(size.area());
          const auto covered = static_cast<double>(box.window.size.area());
          ASSERT_NEAR(covered, std::max(wanted, 1.0), height / 2 + 1e-6) << to_string(size) << " " << share;
        }
      }
    }
  }
}

TEST(Occlusion, ARectangleThatWouldStickOutSpansTheWholeSideAndKeepsItsShare) {
  const auto size_at = [](double aspect) {
    const OcclusionOptions options{
        .probability = 1, .area_min = 0.5, .area_max = 0.5, .aspect_min = aspect, .aspect_max = aspect};
    return drawn(options, {100, 200}, 1).boxes.front().window.size;
  };
  EXPECT_EQ(size_at(100), (Size{50, 200}));
  EXPECT_EQ(size_at(0.01), (Size{100, 100}));
  EXPECT_EQ(size_at(1), (Size{100, 100}));
}

TEST(Occlusion, DrawsSharesUniformlyAspectsLogUniformlyAndPositionsUniformly) {
  // A picture so large that rounding to whole pixels does not show.
  const Size size{16384, 16384};
  const OcclusionOptions options{
      .probability = 1, .area_min = 0.01, .area_max = 0.05, .aspect_min = 0.25, .aspect_max = 4};
  std::vector<int> shares(10);
  std::vector<int> aspects(10);
  std::vector<int> tops(10);
  std::vector<int> lefts(10);
  for (std::uint64_t key = 0; key < 5000; ++key) {
    for (const OccludedBox& box : drawn(options, size, key).boxes) {
      const Window& window = box.window;
      const auto height = static_cast<double>(window.size.height);
      const auto width = static_cast<double>(window.size.width);
      const auto count = [](std::vector<int>& counts, double u) {
        ++counts[static_cast<std::size_t>(std::clamp(u * 10, 0.0, 9.0))];
      };
      count(shares, (static_cast<double>(window.size.area()) / static_cast<double>(size.area()) - 0.01) / 0.04);
      count(aspects, std::log(width / height * 4) / std::log(16));
      count(tops, static_cast<double>(window.y) / (16385 - height));
      count(lefts, static_cast<double>(window.x) / (16385 - width));
    }
  }
  for (const auto& counts : {shares, aspects, tops, lefts}) expect_uniform(counts);
}

TEST(Occlusion, WhatOneOptionIsSetToDoesNotShiftWhatTheOthersDraw) {
  const Size size{60, 90};
  const OcclusionParams base = drawn(kAlways, size, 3);
  const OcclusionParams other_fill =
      drawn({.probability = 1, .fill = OcclusionFill::kPatch, .label = OcclusionLabel::kIgnored}, size, 3);
  EXPECT_EQ(base.boxes, other_fill.boxes);
  EXPECT_EQ(base.noise_key, other_fill.noise_key);
  EXPECT_EQ(base.other, other_fill.other);
  const OcclusionParams more = drawn({.probability = 1, .rectangles_min = 7, .rectangles_max = 9}, size, 3);
  EXPECT_EQ(base.boxes.front(), more.boxes.front());
  EXPECT_NE(drawn(kAlways, size, 4).boxes, base.boxes);
}

TEST(Occlusion, ColoursCoverTheirRectangleAndNothingElse) {
  EXPECT_EQ(kMeanColour, (std::array<std::uint8_t, 3>{124, 116, 104}));
  for (const OcclusionFill fill : {OcclusionFill::kMean, OcclusionFill::kBlack}) {
    Sample sample;
    apply_occlusion(one_box(fill), sample.image, sample.label);
    for (std::int64_t y = 0; y < 6; ++y) {
      for (std::int64_t x = 0; x < 8; ++x) {
        for (int c = 0; c < 3; ++c) {
          const int colour = fill == OcclusionFill::kMean ? kMeanColour[static_cast<std::size_t>(c)] : 0;
          ASSERT_EQ(sample.image.at(y, x, c), is_covered(y, x) ? colour : Sample().image.at(y, x, c));
        }
      }
    }
    EXPECT_EQ(sample.label, Sample().label);
  }
}

TEST(Occlusion, OccludedLabelsAreIgnoredWhereAskedFor) {
  Sample sample;
  apply_occlusion(one_box(OcclusionFill::kMean, OcclusionLabel::kIgnored), sample.image, sample.label);
  for (std::int64_t y = 0; y < 6; ++y) {
    for (std::int64_t x = 0; x < 8; ++x)
      EXPECT_EQ(sample.label.at(y, x), is_covered(y, x) ? 255 : Sample().label.at(y, x));
  }
}

TEST(Occlusion, NoiseIsTheStreamOfItsKeyRowByRow) {
  Sample sample;
  OcclusionParams params = one_box(OcclusionFill::kNoise);
  params.noise_key = 77;
  apply_occlusion(params, sample.image, sample.label);
  RandomStream random(77);
  for (std::int64_t y = 1; y <= 2; ++y) {
    const std::array<std::uint32_t, 3> numbers{random.next(), random.next(), random.next()};
    for (std::size_t i = 0; i < 9; ++i)
      EXPECT_EQ(sample.image.row(y)[9 + i], static_cast<std::uint8_t>(numbers[i / 4] >> (8 * (i % 4)))) << i;
  }
  EXPECT_EQ(sample.image.at(1, 2, 2), Sample().image.at(1, 2, 2));
  EXPECT_EQ(sample.image.at(1, 6, 0), Sample().image.at(1, 6, 0));
}

TEST(Occlusion, NoiseTakesEveryValueEquallyOften) {
  Image image({100, 103}, 3);
  Image label({100, 103}, 1);
  OcclusionParams params;
  params.boxes = {{.window = {0, 0, {100, 103}}}};
  params.fill = OcclusionFill::kNoise;
  params.noise_key = 5;
  apply_occlusion(params, image, label);
  std::vector<int> counts(256);
  for (const std::uint8_t value : image.pixels) ++counts[value];
  expect_uniform(counts);
}

TEST(Occlusion, APatchIsAPartOfTheOtherPhoto) {
  const Image other = noise_image({10, 7}, 3);
  OcclusionParams params = one_box(OcclusionFill::kPatch);
  EXPECT_TRUE(params.needs_other());
  // Offsets from 0 to 10 − 2 = 8 rows and 7 − 3 = 4 columns.
  params.boxes.front().source_y = 0.9999;
  params.boxes.front().source_x = 0.5;
  Sample sample;
  apply_occlusion(params, sample.image, sample.label, &other);
  for (std::int64_t y = 0; y < 6; ++y) {
    for (std::int64_t x = 0; x < 8; ++x) {
      const std::uint8_t expected =
          is_covered(y, x) ? other.at(8 + (y - 1), 2 + (x - 3), 1) : Sample().image.at(y, x, 1);
      EXPECT_EQ(sample.image.at(y, x, 1), expected) << y << " " << x;
    }
  }
}

TEST(Occlusion, NeedsAnotherPhotoForPatchesOnly) {
  EXPECT_FALSE(one_box(OcclusionFill::kNoise).needs_other());
  EXPECT_FALSE(drawn({.fill = OcclusionFill::kPatch}, {9, 9}, 1).needs_other());
}

TEST(Occlusion, RefusesWhatDoesNotFit) {
  Sample sample;
  const auto refuse = [&](const OcclusionParams& params, const Image* other, const std::string& part) {
    expect_error<InternalError>([&] { apply_occlusion(params, sample.image, sample.label, other); }, {part});
  };
  const Image small({2, 2}, 3);
  const Image grey({9, 9}, 1);
  refuse(one_box(OcclusionFill::kPatch), nullptr, "another photo");
  refuse(one_box(OcclusionFill::kPatch), &small, "a patch of 2x3 from a photo of 2x2");
  refuse(one_box(OcclusionFill::kPatch), &grey, "1 channels");
  OcclusionParams outside = one_box(OcclusionFill::kMean);
  outside.boxes.front().window.x = 6;
  refuse(outside, nullptr, "2x3 at row 1, column 6 of a photo of 6x8");
  Image label({6, 7}, 1);
  expect_error<InternalError>([&] { apply_occlusion({}, sample.image, label); }, {"6x8", "6x7"});
}

TEST(Occlusion, RefusesOptionsThatMakeNoSense) {
  const auto refuse = [](const OcclusionOptions& options, const std::string& part) {
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  EXPECT_NO_THROW(OcclusionOptions{}.check());
  EXPECT_NO_THROW(kAlways.check());
  refuse({.probability = 1.5}, "--occlusion 1.5; give a number from 0 to 1");
  refuse({.probability = std::numeric_limits<double>::quiet_NaN()}, "--occlusion nan");
  refuse({.rectangles_min = 0}, "--occlusion-rectangles-min 0");
  refuse({.rectangles_min = 4}, "--occlusion-rectangles-min 4");
  refuse({.rectangles_max = 1001}, "--occlusion-rectangles-max 1001");
  refuse({.area_min = 0}, "--occlusion-area-min 0;");
  refuse({.area_min = 0.3}, "--occlusion-area-min 0.3");
  refuse({.area_max = 1.01}, "--occlusion-area-max 1.01");
  refuse({.aspect_min = 0}, "--occlusion-aspect-min 0;");
  refuse({.aspect_min = 4}, "--occlusion-aspect-min 4");
  refuse({.aspect_max = 101}, "--occlusion-aspect-max 101");
}

}  // namespace
}  // namespace segfold
