#include "segfold/image/augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/noise_image.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::noise_image;

constexpr AugmentOptions kNothing{
    .scale_min = 1, .scale_max = 1, .flip = 0, .brightness = 0, .contrast = 0, .saturation = 0, .hue = 0};

struct Pair {
  Image image;
  Image label;
};

Pair noise(Size size) { return {noise_image(size, 3), noise_image(size, 1, 19)}; }

Pair applied(const AugmentParams& params, const Pair& in) {
  Pair out;
  apply_augment(params, in.image, in.label, out.image, out.label);
  return out;
}

TEST(Augment, DrawsTheSameForTheSameKeyAndAnotherForAnother) {
  RandomStream a(1);
  RandomStream b(1);
  RandomStream c(2);
  const double drawn = draw_augment({}, a).scale;
  EXPECT_EQ(drawn, draw_augment({}, b).scale);
  EXPECT_NE(drawn, draw_augment({}, c).scale);
}

TEST(Augment, DrawsWithinTheOptionsAndInEveryOrder) {
  const AugmentOptions options{.brightness = 0.3, .contrast = 1.5, .saturation = 0.1, .hue = 0.05};
  RandomStream random(7);
  std::set<std::array<JitterOperation, 4>> orders;
  int flips = 0;
  for (int i = 0; i < 2000; ++i) {
    const AugmentParams params = draw_augment(options, random);
    EXPECT_TRUE(params.scale >= 0.8 && params.scale < 1.2);
    EXPECT_TRUE(params.brightness >= 0.7 && params.brightness < 1.3);
    EXPECT_TRUE(params.contrast >= 0 && params.contrast < 2.5);
    EXPECT_TRUE(params.saturation >= 0.9 && params.saturation < 1.1);
    EXPECT_TRUE(params.hue >= -0.05 && params.hue < 0.05);
    orders.insert(params.order);
    flips += params.flip ? 1 : 0;
  }
  EXPECT_EQ(orders.size(), 24U);
  EXPECT_NEAR(flips, 1000, 5 * 22.4);  // five standard deviations
}

TEST(Augment, AnOptionDoesNotShiftWhatTheOthersDraw) {
  RandomStream a(3);
  RandomStream b(3);
  const AugmentParams full = draw_augment({}, a);
  const AugmentParams no_flip = draw_augment({.flip = 0, .brightness = 0}, b);
  EXPECT_EQ(full.scale, no_flip.scale);
  EXPECT_EQ(full.hue, no_flip.hue);
  EXPECT_EQ(full.order, no_flip.order);
}

TEST(Augment, ChangesNothingWithAllOptionsOff) {
  const Pair in = noise({31, 47});
  for (std::uint64_t key = 0; key < 20; ++key) {
    RandomStream random(key);
    const Pair out = applied(draw_augment(kNothing, random), in);
    EXPECT_EQ(out.image, in.image);
    EXPECT_EQ(out.label, in.label);
  }
}

TEST(Augment, FlippedTwiceIsTheIdentity) {
  const Pair in = noise({9, 14});
  const Pair once = applied({.flip = true}, in);
  EXPECT_NE(once.image, in.image);
  EXPECT_EQ(once.label.at(4, 0), in.label.at(4, 13));
  EXPECT_EQ(once.image.at(4, 0, 2), in.image.at(4, 13, 2));
  const Pair twice = applied({.flip = true}, once);
  EXPECT_EQ(twice.image, in.image);
  EXPECT_EQ(twice.label, in.label);
}

TEST(Augment, AScaleAboveOneLeavesThePictureAsItIs) {
  const Pair in = noise({8, 8});
  EXPECT_EQ(applied({.scale = 1.2}, in).image, in.image);
  EXPECT_EQ(applied({.scale = 1.2}, in).label, in.label);
}

TEST(Augment, ShrinksAndCentresOnBlackAndIgnore) {
  Pair in{Image({4, 6}, 3), Image({4, 6}, 1)};
  for (std::int64_t i = 0; i < 24; ++i) {
    in.label.pixels[i] = static_cast<std::uint8_t>(i);
    for (int c = 0; c < 3; ++c) in.image.pixels[3 * i + c] = static_cast<std::uint8_t>(10 * i + c);
  }
  const Pair out = applied({.scale = 0.5}, in);
  // 2x3 at row (4 − 2) / 2 = 1, column (6 − 3) / 2 = 1; labels from rows and columns 0, 2, 4; colours are block means.
  const std::uint8_t no = 255;
  EXPECT_EQ(out.label.pixels, (std::vector<std::uint8_t>{no, no, no, no, no, no, no, 0,  2,  4,  no, no,  //
                                                         no, 12, 14, 16, no, no, no, no, no, no, no, no}));
  EXPECT_EQ(out.image.at(1, 1, 0), (0 + 10 + 60 + 70) / 4);
  EXPECT_EQ(out.image.at(2, 3, 2), (162 + 172 + 222 + 232) / 4);
  EXPECT_EQ(out.image.at(0, 0, 0), 0);
  EXPECT_EQ(out.image.at(1, 4, 1), 0);
}

TEST(Augment, PutsAnOddRestOfTheCanvasBelowAndToTheRight) {
  Pair in = noise({5, 20});
  in.label.pixels.assign(in.label.pixels.size(), 9);
  const Image label = applied({.scale = 0.8}, in).label;  // 4x16 at row 1 / 2 = 0, column 4 / 2 = 2
  for (std::int64_t y = 0; y < 5; ++y) {
    for (std::int64_t x = 0; x < 20; ++x)
      EXPECT_EQ(label.at(y, x), y < 4 && x >= 2 && x < 18 ? 9 : 255) << y << " " << x;
  }
}

TEST(Augment, FlipsTheWholeCanvasAfterShrinking) {
  const Pair in = noise({16, 21});
  const Pair at_once = applied({.scale = 0.7, .flip = true}, in);
  const Pair in_steps = applied({.flip = true}, applied({.scale = 0.7}, in));
  EXPECT_EQ(at_once.image, in_steps.image);
  EXPECT_EQ(at_once.label, in_steps.label);
}

TEST(Augment, LabelsHoldOnlyValuesThatWereThereAndIgnore) {
  Pair in = noise({40, 50});
  for (std::uint8_t& value : in.label.pixels) value = value % 2 == 0 ? 3 : 17;
  for (std::uint64_t key = 0; key < 50; ++key) {
    RandomStream random(key);
    const Pair out = applied(draw_augment({}, random), in);
    for (const std::uint8_t value : out.label.pixels) ASSERT_TRUE(value == 3 || value == 17 || value == 255);
  }
}

/// Whether the labels around a pixel are all the same, so that interpolation mixes no colours there.
bool flat(const Image& label, std::int64_t y, std::int64_t x) {
  for (std::int64_t v = std::max<std::int64_t>(y - 1, 0); v <= std::min(y + 1, label.size.height - 1); ++v) {
    for (std::int64_t u = std::max<std::int64_t>(x - 1, 0); u <= std::min(x + 1, label.size.width - 1); ++u) {
      if (label.at(v, u) != label.at(y, x)) return false;
    }
  }
  return true;
}

TEST(Augment, MovesPhotoAndLabelsTogether) {
  Pair in{Image({48, 96}, 3), Image({48, 96}, 1)};
  for (std::int64_t y = 0; y < 48; ++y) {
    for (std::int64_t x = 0; x < 96; ++x) {
      in.label.at(y, x) = static_cast<std::uint8_t>(1 + x / 12 + 8 * (y / 24));
      for (int c = 0; c < 3; ++c) in.image.at(y, x, c) = static_cast<std::uint8_t>(15 * in.label.at(y, x));
    }
  }
  AugmentOptions options = kNothing;
  options.scale_min = 0.6;
  options.flip = 0.5;
  for (std::uint64_t key = 0; key < 50; ++key) {
    RandomStream random(key);
    const Pair out = applied(draw_augment(options, random), in);
    std::int64_t compared = 0;
    for (std::int64_t y = 0; y < 48; ++y) {
      for (std::int64_t x = 0; x < 96; ++x) {
        if (!flat(out.label, y, x)) continue;
        const int expected = out.label.at(y, x) == 255 ? 0 : 15 * out.label.at(y, x);
        ASSERT_EQ(out.image.at(y, x), expected) << key << ": " << y << " " << x;
        ++compared;
      }
    }
    EXPECT_GT(compared, 48 * 96 / 2);
  }
}

TEST(Augment, GivesTheSameWhateverTheBuffersHeldBefore) {
  const Pair in = noise({20, 30});
  const AugmentParams params{.scale = 0.7, .flip = true, .brightness = 1.2, .contrast = 0.9, .hue = 0.1};
  Pair used = noise({50, 60});
  apply_augment(params, in.image, in.label, used.image, used.label);
  const Pair fresh = applied(params, in);
  EXPECT_EQ(used.image, fresh.image);
  EXPECT_EQ(used.label, fresh.label);
}

TEST(Augment, RefusesPicturesThatDoNotFitTogether) {
  Image a;
  Image b;
  expect_error<InternalError>([&] { apply_augment({}, Image({2, 2}, 3), Image({2, 3}, 1), a, b); }, {"2x2", "2x3"});
  expect_error<InternalError>([&] { apply_augment({}, Image({2, 2}, 1), Image({2, 2}, 1), a, b); }, {"1 channels"});
}

TEST(Augment, RefusesOptionsThatMakeNoSense) {
  const auto refuse = [](const AugmentOptions& options, const std::string& part) {
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  EXPECT_NO_THROW(AugmentOptions{}.check());
  EXPECT_NO_THROW(kNothing.check());
  refuse({.scale_min = 0}, "--scale-min 0;");
  refuse({.scale_min = 1.3}, "--scale-min 1.3");
  refuse({.scale_max = std::numeric_limits<double>::infinity()}, "--scale-max inf");
  refuse({.flip = 1.1}, "--flip 1.1; give a number from 0 to 1");
  refuse({.brightness = -0.1}, "--brightness -0.1");
  refuse({.contrast = std::numeric_limits<double>::quiet_NaN()}, "--contrast nan");
  refuse({.saturation = 1e9}, "--saturation 1000000000");
  refuse({.hue = 0.6}, "--hue 0.6");
}

}  // namespace
}  // namespace segfold
