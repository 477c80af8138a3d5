#include "segfold/data/street_scene/light.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::flat_light;

constexpr Rgb kGrey{0.4F, 0.4F, 0.4F};

TEST(Light, AddsTheSunToTheSkyByTheAngleOfTheSurface) {
  Light light = flat_light();
  light.ambient = {0.5F, 0.5F, 0.5F};
  light.sun = {0, 0.6, 0.8};
  light.sun_colour = {1, 1, 0};
  const Rgb ground = light.shade(kGrey, {0, 1, 0}, 1);
  EXPECT_NEAR(ground.r, 0.4 * (0.5 + 0.6), 1e-6);
  EXPECT_NEAR(ground.b, 0.4 * 0.5, 1e-6);
  const Rgb turned_away = light.shade(kGrey, {0, 0, -1}, 1);
  EXPECT_NEAR(turned_away.r, 0.4 * 0.5, 1e-6);
}

TEST(Light, FadesColoursToTheHaze) {
  Light light = flat_light();
  light.haze = {1, 1, 1};
  light.visibility_m = 100;
  EXPECT_FLOAT_EQ(light.fade({0, 0, 0}, 0).g, 0);
  EXPECT_NEAR(light.fade({0, 0, 0}, 100).g, 0.632, 0.001);
  EXPECT_NEAR(light.fade({0, 0, 0}, 5000).g, 1, 1e-6);
}

TEST(Light, ShadowsAreAsDarkAsTheSunIsStrong) {
  Light light = flat_light();
  light.ambient = {0.5F, 0.5F, 0.5F};
  light.sun = {0, 1, 0};
  light.sun_colour = {1.5F, 1.5F, 1.5F};
  EXPECT_DOUBLE_EQ(light.shadow_strength(), 0.75);
  light.sun_colour = {};
  EXPECT_EQ(light.shadow_strength(), 0);
}

TEST(Light, MoreCloudsCoverMoreOfTheSky) {
  const auto covered = [](double clouds) {
    Light light = flat_light();  // whose clear sky is black
    light.clouds = clouds;
    int rays = 0;
    for (double x = -0.5; x < 0.5; x += 0.02) {
      for (double y = 0.02; y < 0.5; y += 0.02) rays += light.sky({x, y, 1}).g > 0;
    }
    return rays;
  };
  EXPECT_LT(covered(0.0), covered(0.5));
  EXPECT_LT(covered(0.5), covered(1.0));
}

TEST(Light, TheClearSkyChangesFromTheHorizonUpwards) {
  Light light = flat_light();
  light.clouds = 0;
  light.sky_low = {1, 1, 1};
  light.sky_high = {0, 0, 1};
  EXPECT_GT(light.sky({0, 0.01, 1}).r, light.sky({0, 0.25, 1}).r);
  EXPECT_GT(light.sky({0, 0.25, 1}).r, light.sky({0, 0.55, 1}).r);
}

TEST(DrawLight, KeepsTheSunAboveTheHorizonAndEveryNumberPlausible) {
  for (std::uint64_t key = 0; key < 100; ++key) {
    RandomStream random(key);
    const Light light = draw_light(random);
    EXPECT_NEAR(length(light.sun), 1, 1e-9);
    EXPECT_GE(light.sun.y, std::sin(0.3) - 1e-9);
    EXPECT_TRUE(light.shadow_strength() > 0 && light.shadow_strength() < 0.65) << light.shadow_strength();
    EXPECT_TRUE(light.clouds > 0 && light.clouds <= 1);
    EXPECT_TRUE(light.visibility_m >= 180 && light.visibility_m <= 700);
    // Something grey in half of the sun comes out about as bright as it is.
    const Rgb seen = light.exposure * (light.ambient + 0.45 * light.sun_colour);
    EXPECT_NEAR(seen.g, 1, 0.21);
  }
}

TEST(DrawLight, IsTheSameForTheSameRandomNumbers) {
  RandomStream first(5);
  RandomStream second(5);
  RandomStream other(6);
  const Light light = draw_light(first);
  EXPECT_EQ(light.exposure, draw_light(second).exposure);
  EXPECT_NE(light.exposure, draw_light(other).exposure);
}

TEST(Expose, AveragesThePointsOfAPixel) {
  // Two pixels of 2 × 2 points each.
  const Rgb dark{0.12F, 0.12F, 0.12F};
  const Rgb bright{0.7F, 0.7F, 0.7F};
  const std::vector<Rgb> points{dark, bright, dark, dark, bright, dark, dark, dark};
  const Image photo = expose(points, {1, 2}, 2, flat_light());
  EXPECT_EQ(photo.at(0, 0, 0), 105);  // 0.41
  EXPECT_EQ(photo.at(0, 1, 0), 31);   // 0.12
}

TEST(Expose, AppliesExposureAndWhiteBalanceAndRollsOffHighlights) {
  Light light = flat_light();
  light.exposure = 1.5;
  light.white_balance = {1, 0.7F, 10};
  const Image photo = expose({kGrey}, {1, 1}, 1, light);
  EXPECT_EQ(photo.at(0, 0, 0), 153);  // 0.6
  EXPECT_EQ(photo.at(0, 0, 1), 107);  // 0.42
  EXPECT_EQ(photo.at(0, 0, 2), 255);
  light.white_balance = {2, 1, 1};
  const int rolled_off = expose({kGrey}, {1, 1}, 1, light).at(0, 0, 0);  // 1.2
  EXPECT_TRUE(rolled_off > 240 && rolled_off < 255) << rolled_off;
}

TEST(Expose, TheVignetteDarkensTheCornersOnly) {
  Light light = flat_light();
  light.vignette = 0.2;
  const Image photo = expose(std::vector<Rgb>(101 * 101, kGrey), {101, 101}, 1, light);
  EXPECT_EQ(photo.at(50, 50, 1), 102);
  EXPECT_NEAR(photo.at(0, 0, 1), 102 * 0.8, 2);
  EXPECT_EQ(photo.at(0, 0, 1), photo.at(100, 100, 1));
}

TEST(Expose, NoiseIsAsStrongAsItIsSaidToBeAndOnAverageZero) {
  Light light = flat_light();
  light.noise = 0.02;
  const Image photo = expose(std::vector<Rgb>(100 * 100, kGrey), {100, 100}, 1, light);
  double sum = 0;
  double squares = 0;
  for (const std::uint8_t value : photo.pixels) {
    sum += value - 102.0;
    squares += (value - 102.0) * (value - 102.0);
  }
  const auto values = static_cast<double>(photo.pixels.size());
  EXPECT_NEAR(sum / values, 0, 0.3);
  // The channel's own noise and 0.6 of it for all channels alike.
  EXPECT_NEAR(std::sqrt(squares / values), 255 * 0.02 * std::hypot(1, 0.6), 0.4);
}

}  // namespace
}  // namespace segfold::street
