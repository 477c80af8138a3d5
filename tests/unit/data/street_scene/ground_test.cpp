#include "segfold/data/street_scene/ground.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::flat_light;
using testing::straight_street;

constexpr double kClose = 0.01;  // metres per picture point

/// What the ground of a street is at a place.
Fragment look(const Layout& street, double x, double z, const Light& light = flat_light(),
              const std::vector<Shadow>& shadows = {}) {
  const Patch ground = ground_patch(street, light, shadows);
  Fragment fragment;
  EXPECT_TRUE(ground.shader(x - ground.origin.x, z - ground.origin.z, kClose, fragment));
  return fragment;
}

/// Every kind of ground on the right: road to 4 m, bays to 6, kerb and verge to 8, pavement to 10, lawn to 13.
Layout full_street() {
  Layout street = straight_street();
  street.right = {.road = 4, .parking = 2, .verge = 2, .sidewalk = 2, .lawn = 3, .stretches = {}};
  street.surface_tone = 0.4;
  street.pavement_colour = {0.5F, 0.5F, 0.5F};
  street.grass_colour = {0.3F, 0.5F, 0.2F};
  return street;
}

TEST(Ground, LiesFlatAndReachesFarBeyondTheStreet) {
  const Layout street = full_street();
  const Light light = flat_light();
  const Patch ground = ground_patch(street, light, {});
  EXPECT_EQ(ground.normal().y, 1);
  EXPECT_LE(ground.origin.x, -100);
  EXPECT_GE(ground.origin.x + ground.u_size, 100);
  EXPECT_GE(ground.origin.z + ground.v_size, 500);
}

TEST(Ground, ChangesOutwardsFromTheRoadsMiddle) {
  const Layout street = full_street();
  const std::map<double, int> expected{{-3.9, kRoad},    {0.5, kRoad},     {3.9, kRoad},     {4.1, kParking},
                                       {5.9, kParking},  {6.1, kSidewalk}, {6.3, kTerrain},  {7.9, kTerrain},
                                       {8.1, kSidewalk}, {9.9, kSidewalk}, {10.1, kTerrain}, {12.9, kTerrain}};
  for (const auto& [x, label] : expected) {
    EXPECT_EQ(look(street, x, 20).label, label) << x;
    EXPECT_EQ(look(street, x, 63).label, label) << x;
  }
  EXPECT_EQ(look(street, -4.1, 20).label, kSidewalk);  // no bays on the left
}

TEST(Ground, FollowsTheStreetsBend) {
  Layout street = full_street();
  street.bend = 0.008;
  const double middle = street.middle(60);
  EXPECT_GT(middle, 4);
  EXPECT_EQ(look(street, middle - 3, 60).label, kRoad);
  EXPECT_EQ(look(street, middle + 3, 60).label, kRoad);
  EXPECT_EQ(look(street, middle + 5, 60).label, kParking);
}

TEST(Ground, ACrossingIsRoadAllTheWay) {
  Layout street = full_street();
  street.crossing = true;
  street.crossing_z0 = 20;
  street.crossing_z1 = 30;
  for (const double x : {-50.0, 5.0, 9.0, 50.0}) EXPECT_EQ(look(street, x, 25).label, kRoad) << x;
  EXPECT_EQ(look(street, 9, 19).label, kSidewalk);
  EXPECT_EQ(look(street, 9, 31).label, kSidewalk);
}

TEST(Ground, MarksTheMiddleOfTheRoadByDashes) {
  const Layout street = full_street();
  EXPECT_GT(look(street, 0, 7.5).colour.g, look(street, 0.5, 7.5).colour.g + 0.15F);  // a dash from 6 to 9 m
  EXPECT_LT(look(street, 0, 10.5).colour.g, look(street, 0, 7.5).colour.g - 0.15F);   // a gap from 9 to 12 m
}

TEST(Ground, BehindBuildingsIsPavedAndBehindFencesGreen) {
  Layout street = full_street();
  street.style = Style::kCountry;
  street.right.stretches = {{10, 20, Frontage::kBuilding, 9}, {20, 30, Frontage::kFence, 2}};
  EXPECT_EQ(look(street, 15, 15).label, kSidewalk);
  EXPECT_EQ(look(street, 15, 25).label, kTerrain);
  EXPECT_EQ(look(street, 15, 35).label, kTerrain);
  street.style = Style::kCanyon;
  EXPECT_EQ(look(street, 15, 35).label, kSidewalk);
}

TEST(Ground, RailsHaveABedOfTheirOwnOrLieInTheRoad) {
  Layout street = full_street();
  street.rails = true;
  street.rails_in_road = false;
  street.rails_at = -6;
  EXPECT_EQ(look(street, -4.4, 20).label, kRailTrack);
  EXPECT_EQ(look(street, -7.6, 20).label, kRailTrack);
  EXPECT_NE(look(street, -7.8, 20).label, kRailTrack);
  street.rails_in_road = true;
  street.rails_at = -2;
  EXPECT_EQ(look(street, -2, 20).label, kRoad);
  const Rgb rail = look(street, -2 + 1.45 / 2, 20).colour;  // half of the gauge beside the track's middle
  EXPECT_FLOAT_EQ(rail.g, 0.62F);
}

TEST(Ground, IsDarkerInTheShadowOfThings) {
  const Layout street = full_street();
  const std::vector<Shadow> shadows{{.x0 = 2, .z0 = 20, .x1 = 2, .z1 = 20, .radius_m = 1, .strength = 0.6}};
  EXPECT_FLOAT_EQ(look(street, 2, 20, flat_light(), shadows).shade, 0.4F);
  EXPECT_FLOAT_EQ(look(street, 3.1, 20, flat_light(), shadows).shade, 1);
}

TEST(Ground, IsDarkerInTheShadowOfHouses) {
  Layout street = full_street();  // whose left front is 6 m from the middle
  street.left.stretches = {{0, 100, Frontage::kBuilding, 8}};
  Light light = flat_light();
  light.sun = {-0.8, 0.6, 0};
  light.sun_colour = {1, 1, 1};
  // The shadow of 8 m reaches 8 / 0.6 · 0.8 = 10.7 m from the front.
  EXPECT_NEAR(look(street, 4, 50, light).shade, 1 - 0.8 * light.shadow_strength(), 1e-6);
  EXPECT_EQ(look(street, 5, 50, light).shade, 1);
  light.sun.x = 0.8;  // from the right, where nothing stands
  EXPECT_EQ(look(street, 4, 50, light).shade, 1);
}

}  // namespace
}  // namespace segfold::street
