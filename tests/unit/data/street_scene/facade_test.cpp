#include "segfold/data/street_scene/facade.h"

#include <gtest/gtest.h>

#include <optional>

namespace segfold::street {
namespace {

constexpr double kClose = 0.01;  // metres per picture point
constexpr double kFar = 1;

/// Three storeys of 3 m with a window in the middle of every 3 m; walls are red, frames green, panes blue.
Facade plain_facade() {
  Facade facade;
  facade.wall = {1, 0, 0};
  facade.trim = {0, 1, 0};
  facade.glass = {0, 0, 1};
  facade.awning = {1, 1, 0};
  facade.roof = {0, 1, 1};
  facade.height = 9;
  facade.storey = 3;
  facade.bay = 3;
  facade.window_width = 1.2;
  facade.window_height = 1.6;
  return facade;
}

enum class Seen { kWall, kFrame, kPane, kOther };

Seen seen_at(const Facade& facade, double u, double v) {
  Fragment fragment;
  EXPECT_TRUE(facade.front(u, v, kClose, fragment));
  const Rgb c = fragment.colour;
  if (c.b > c.r && c.b > c.g) return Seen::kPane;
  if (c.g > c.r && c.g > c.b) return Seen::kFrame;
  return c.r > c.g && c.r > c.b ? Seen::kWall : Seen::kOther;
}

/// What a shader shows at a point; nothing where it is empty.
std::optional<Fragment> look(const Shader& shader, double u, double v, double footprint = kClose) {
  Fragment fragment;
  if (!shader(u, v, footprint, fragment)) return std::nullopt;
  return fragment;
}

TEST(Facade, HasAWindowInEveryBayOfEveryStorey) {
  const Facade facade = plain_facade();
  for (const double u : {0.0, 3.0, 6.0}) {
    const double foot = 3 + 0.9;  // of the window on the first floor, which starts 0.9 m to the right
    EXPECT_EQ(seen_at(facade, u + 0.9 + 0.3, foot + 0.8), Seen::kPane);
    EXPECT_EQ(seen_at(facade, u + 0.9 + 0.05, foot + 0.8), Seen::kFrame);
    EXPECT_EQ(seen_at(facade, u + 0.9 + 0.6, foot + 0.8), Seen::kFrame);  // between the wings
    EXPECT_EQ(seen_at(facade, u + 0.5, foot + 0.8), Seen::kWall);
    EXPECT_EQ(seen_at(facade, u + 0.9 + 0.3, foot + 1.7), Seen::kWall);
    EXPECT_EQ(seen_at(facade, u + 0.9 + 0.3, foot - 0.1), Seen::kFrame);  // its sill
  }
}

TEST(Facade, EndsInALedge) { EXPECT_EQ(seen_at(plain_facade(), 1.5, 8.8), Seen::kFrame); }

TEST(Facade, ShopsHaveLargePanesBelowAnAwning) {
  Facade facade = plain_facade();
  facade.shops = true;
  EXPECT_EQ(seen_at(facade, 0.5, 1.2), Seen::kPane);  // where a house has wall
  EXPECT_NE(seen_at(plain_facade(), 0.5, 1.2), Seen::kPane);
  Fragment awning;
  facade.front(1.5, 2.5, kClose, awning);
  EXPECT_EQ(awning.colour.r, 1);
  EXPECT_EQ(awning.colour.g, 1);
}

TEST(Facade, BricksHaveJointsThatAreSeenFromNearOnly) {
  Facade facade = plain_facade();
  facade.material = Facade::Material::kBrick;
  const auto green_range = [&](double footprint) {
    float least = 1;
    float most = 0;
    for (double v = 0.7; v < 1.2; v += 0.01) {
      Fragment fragment;
      facade.front(0.4, v, footprint, fragment);
      least = std::min(least, fragment.colour.g);
      most = std::max(most, fragment.colour.g);
    }
    return most - least;
  };
  EXPECT_GT(green_range(kClose), 0.2);
  EXPECT_LT(green_range(kFar), 0.05);
}

TEST(Gable, RisesToItsRidgeInTheMiddle) {
  const Shader gable = plain_facade().gable_shader(8, 2);
  EXPECT_TRUE(look(gable, 4, 10.9));
  EXPECT_FALSE(look(gable, 4, 11.1));
  EXPECT_TRUE(look(gable, 2, 9.9));
  EXPECT_FALSE(look(gable, 2, 10.1));
  EXPECT_EQ(look(gable, 4, 10.9)->colour.b, 1);  // the roof's edge
  EXPECT_GT(look(gable, 0.5, 5)->colour.r, 0.5F);
}

TEST(Gable, OfAFlatRoofEndsInALedge) {
  const Shader gable = plain_facade().gable_shader(8, 0);
  EXPECT_FALSE(look(gable, 4, 9.1));
  EXPECT_EQ(look(gable, 4, 8.9)->colour.g, 1);
  EXPECT_EQ(look(gable, 4, 8.9)->colour.b, 0);
}

TEST(Roof, BearsItsColour) {
  const Shader roof = plain_facade().roof_shader();
  for (double v = 0.01; v < 3; v += 0.1) {
    const Rgb colour = look(roof, 2, v)->colour;
    EXPECT_EQ(colour.r, 0);
    EXPECT_GT(colour.g, 0.5F);
  }
}

TEST(Wall, HasALightCopingAndAShadowBelowIt) {
  RandomStream random(1);
  const Shader wall = wall_shader(2, random);
  for (double u = 0.7; u < 3; u += 0.2) {
    EXPECT_GT(look(wall, u, 1.9)->colour.g, look(wall, u, 1.5)->colour.g);
    EXPECT_LT(look(wall, u, 1.75)->colour.g, 0.8F * look(wall, u, 1.65)->colour.g);
  }
}

TEST(Fence, IsWholeForTheLabelButSeenThroughBetweenItsBars) {
  RandomStream random(1);
  const Shader fence = fence_shader(2, random);
  int bars = 0;
  int gaps = 0;
  for (double u = 0; u < 10; u += 0.02) {
    const auto fragment = look(fence, u, 1);
    ASSERT_TRUE(fragment);
    (fragment->coverage < 0.5F ? gaps : bars) += 1;
    EXPECT_EQ(look(fence, u, 0.25)->coverage, 1);  // the lower rail
  }
  EXPECT_GT(bars, 100);
  EXPECT_GT(gaps, 100);
}

TEST(Fence, BlursWithDistanceToWhatItsBarsCoverOnAverage) {
  RandomStream random(1);
  const Shader fence = fence_shader(2, random);
  const float between_posts = look(fence, 1, 1, kFar)->coverage;
  EXPECT_TRUE(between_posts >= 0.3F && between_posts <= 0.62F) << between_posts;
  EXPECT_EQ(look(fence, 1.2, 1, kFar)->coverage, between_posts);
}

TEST(DrawFacade, KeepsWindowsInsideBaysAndStoreys) {
  for (std::uint64_t key = 0; key < 100; ++key) {
    RandomStream random(key);
    const Facade facade = draw_facade(12, Style::kCanyon, random);
    EXPECT_EQ(facade.height, 12);
    EXPECT_TRUE(facade.storey >= 2.8 && facade.storey <= 3.6);
    EXPECT_LT(facade.window_width, 0.63 * facade.bay);
    EXPECT_LT(facade.window_height + 0.9, facade.storey);
  }
}

TEST(DrawFacade, ShopsAreMoreFrequentInTheCentre) {
  const auto shops = [](Style style) {
    int found = 0;
    for (std::uint64_t key = 0; key < 200; ++key) {
      RandomStream random(key);
      found += draw_facade(12, style, random).shops;
    }
    return found;
  };
  EXPECT_NEAR(shops(Style::kCanyon), 110, 25);
  EXPECT_NEAR(shops(Style::kSuburb), 30, 20);
}

}  // namespace
}  // namespace segfold::street
