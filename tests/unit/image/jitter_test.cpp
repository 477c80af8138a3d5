#include "segfold/image/jitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace segfold {
namespace {

using enum JitterOperation;
using Pixels = std::vector<std::uint8_t>;

/// A row of RGB pixels after `params`.
Pixels jittered(const AugmentParams& params, Pixels pixels) {
  Image image({1, static_cast<std::int64_t>(pixels.size() / 3)}, 3);
  image.pixels = std::move(pixels);
  jitter_colours(params, image);
  return image.pixels;
}

Pixels every_colour() {
  Pixels pixels;
  for (int r = 0; r < 256; r += 15) {
    for (int g = 0; g < 256; g += 17) {
      for (int b = 0; b < 256; b += 5) {
        for (const int value : {r, g, b}) pixels.push_back(static_cast<std::uint8_t>(value));
      }
    }
  }
  return pixels;
}

/// The textbook's conversion, case by case: hue in turns, saturation and value.
std::array<double, 3> turned(std::array<double, 3> rgb, double turns) {
  const double value = std::max({rgb[0], rgb[1], rgb[2]});
  const double chroma = value - std::min({rgb[0], rgb[1], rgb[2]});
  if (chroma == 0) return rgb;
  double hue = value == rgb[0]   ? (rgb[1] - rgb[2]) / chroma
               : value == rgb[1] ? 2 + (rgb[2] - rgb[0]) / chroma
                                 : 4 + (rgb[0] - rgb[1]) / chroma;
  hue = hue / 6 + turns;
  hue -= std::floor(hue);
  const int sector = static_cast<int>(hue * 6) % 6;
  const double f = hue * 6 - std::floor(hue * 6);
  const double low = value - chroma;
  const double falling = value - chroma * f;
  const double rising = value - chroma * (1 - f);
  switch (sector) {
    case 0:
      return {value, rising, low};
    case 1:
      return {falling, value, low};
    case 2:
      return {low, value, rising};
    case 3:
      return {low, falling, value};
    case 4:
      return {rising, low, value};
    default:
      return {value, low, falling};
  }
}

TEST(Jitter, ChangesNothingByDefault) {
  const Pixels pixels = every_colour();
  EXPECT_EQ(jittered(AugmentParams{}, pixels), pixels);
}

TEST(Jitter, BrightnessMultipliesAndClamps) {
  EXPECT_EQ(jittered({.brightness = 1.5}, {100, 3, 200}), (Pixels{150, 5, 255}));
  EXPECT_EQ(jittered({.brightness = 0}, {100, 3, 200}), (Pixels{0, 0, 0}));
}

TEST(Jitter, ContrastMovesAwayFromTheMeanGreyOfThePicture) {
  // Greys: 0.2989·100 + 0.587·50 + 0.114·200 = 82.04 and 0.9999·20 = 19.998; mean 51.019.
  // Half of each value and half of the mean, 25.5095:
  EXPECT_EQ(jittered({.contrast = 0.5}, {100, 50, 200, 20, 20, 20}), (Pixels{76, 51, 126, 36, 36, 36}));
  // Twice the value less the mean: 149, 49, 349, −11.
  EXPECT_EQ(jittered({.contrast = 2}, {100, 50, 200, 20, 20, 20}), (Pixels{149, 49, 255, 0, 0, 0}));
}

TEST(Jitter, SaturationMovesAwayFromThePixelsOwnGrey) {
  EXPECT_EQ(jittered({.saturation = 0}, {100, 50, 200}), (Pixels{82, 82, 82}));
  // Twice the value less 82.04: 117.96, 17.96, 317.96.
  EXPECT_EQ(jittered({.saturation = 2}, {100, 50, 200}), (Pixels{118, 18, 255}));
}

TEST(Jitter, AThirdOfATurnMakesRedGreenAndGreenBlue) {
  EXPECT_EQ(jittered({.hue = 1.0 / 3}, {255, 0, 0, 0, 200, 0, 40, 40, 90}), (Pixels{0, 255, 0, 0, 0, 200, 90, 40, 40}));
}

TEST(Jitter, HalfATurnGivesTheComplementEitherWay) {
  EXPECT_EQ(jittered({.hue = 0.5}, {255, 0, 0, 7, 7, 7}), (Pixels{0, 255, 255, 7, 7, 7}));
  EXPECT_EQ(jittered({.hue = -0.5}, {255, 0, 0, 7, 7, 7}), (Pixels{0, 255, 255, 7, 7, 7}));
}

TEST(Jitter, TurnsEveryColourAsTheTextbookDoes) {
  const Pixels before = every_colour();
  for (const double turns : {-0.5, -0.31, -0.02, 0.004, 0.25, 0.49}) {
    const Pixels after = jittered({.hue = turns}, before);
    for (std::size_t i = 0; i < before.size(); i += 3) {
      const auto expected = turned({1.0 * before[i], 1.0 * before[i + 1], 1.0 * before[i + 2]}, turns);
      for (std::size_t c = 0; c < 3; ++c) ASSERT_NEAR(after[i + c], expected[c], 0.501) << turns << " pixel " << i / 3;
    }
  }
}

TEST(Jitter, FollowsTheDrawnOrder) {
  const AugmentParams brightness_first{.brightness = 2, .saturation = 0};
  AugmentParams saturation_first = brightness_first;
  saturation_first.order = {kSaturation, kHue, kContrast, kBrightness};
  // Clamped to 200, 100, 255, then grey 147.5; or grey 82.04, then twice that.
  EXPECT_EQ(jittered(brightness_first, {100, 50, 200}), (Pixels{148, 148, 148}));
  EXPECT_EQ(jittered(saturation_first, {100, 50, 200}), (Pixels{164, 164, 164}));
}

TEST(Jitter, TakesTheMeanForContrastAsTheOperationsBeforeLeaveThePicture) {
  // Brightness makes 100, 100 (grey 99.99) and 0: mean 49.995; twice the value less the mean.
  EXPECT_EQ(jittered({.brightness = 0.5, .contrast = 2}, {200, 200, 200, 0, 0, 0}), (Pixels{150, 150, 150, 0, 0, 0}));
}

TEST(Jitter, RoundsOnceAtTheEnd) {
  // 4 · 0.35 = 1.4 three times and 0: mean 1.05; 2 · 1.4 − 1.05 = 1.75. Rounded in between it would be 1.25.
  const Pixels after = jittered({.brightness = 0.35, .contrast = 2}, {4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0});
  EXPECT_EQ(after, (Pixels{2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0}));
}

}  // namespace
}  // namespace segfold
