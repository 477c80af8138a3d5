#include "segfold/data/street_scene/frontage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::darkness;
using testing::Extent;
using testing::extents_of;
using testing::flat_light;
using testing::straight_camera;
using testing::straight_street;

constexpr double kTolerance = 0.15;  // metres
constexpr double kSkyline = 260;

/// What stands beside a street, by label, without the skyline at its far end.
std::map<int, Extent> beside(const Model& model) {
  std::map<int, Extent> all;
  for (const Patch* patch : model.from_far_to_near(straight_camera())) {
    if (patch->origin.z >= kSkyline) continue;
    for (const auto& [label, extent] : extents_of(*patch, 200)) {
      all[label].include(extent.low);
      all[label].include(extent.high);
    }
  }
  return all;
}

Model frontages_of(const Layout& street, std::uint64_t key) {
  Model model(flat_light());
  RandomStream random(key);
  add_frontages(model, street, random);
  return model;
}

bool has_roof(const Model& model) {
  const auto patches = model.from_far_to_near(straight_camera());
  return std::ranges::any_of(patches, [](const Patch* patch) { return patch->v_axis.y < 1; });
}

void expect_box(const Extent& extent, Vec3 low, Vec3 high) {
  EXPECT_NEAR(extent.low.x, low.x, kTolerance);
  EXPECT_NEAR(extent.low.y, low.y, kTolerance);
  EXPECT_NEAR(extent.low.z, low.z, kTolerance);
  EXPECT_NEAR(extent.high.x, high.x, kTolerance);
  EXPECT_NEAR(extent.high.y, high.y, kTolerance);
  EXPECT_NEAR(extent.high.z, high.z, kTolerance);
}

TEST(Frontages, StandAlongTheirStretchAtTheStreetsFront) {
  Layout street = straight_street();  // whose front is 6 m from the middle
  street.left.stretches = {{10, 20, Frontage::kWall, 2}};
  street.right.stretches = {{30, 45, Frontage::kFence, 1.5}};
  const auto extents = beside(frontages_of(street, 1));
  expect_box(extents.at(kWall), {-6, 0, 10}, {-6, 2, 20});
  expect_box(extents.at(kFence), {6, 0, 30}, {6, 1.5, 45});
}

TEST(Frontages, HedgesAreVegetationWithARaggedEdge) {
  Layout street = straight_street();
  street.left.stretches = {{10, 20, Frontage::kHedge, 2}};
  const Extent hedge = beside(frontages_of(street, 1)).at(kVegetation);
  EXPECT_NEAR(hedge.low.x, -6, kTolerance);
  EXPECT_TRUE(hedge.high.y > 1.6 && hedge.high.y <= 2) << hedge.high.y;
}

TEST(Frontages, HousesReachOutwardsFromTheFrontAndMayHaveARoof) {
  for (const int sign : {-1, 1}) {
    Layout street = straight_street();
    street.style = Style::kCanyon;
    (sign < 0 ? street.left : street.right).stretches = {{10, 25, Frontage::kBuilding, 9}};
    std::set<bool> roofs;
    for (std::uint64_t key = 0; key < 10; ++key) {
      const Model model = frontages_of(street, key);
      const Extent house = beside(model).at(kBuilding);
      EXPECT_NEAR(sign < 0 ? -house.high.x : house.low.x, 6, kTolerance);
      EXPECT_TRUE(house.width() > 6.8 && house.width() < 12.2) << house.width();
      EXPECT_NEAR(house.low.z, 10, kTolerance);
      EXPECT_NEAR(house.high.z, 25, kTolerance);
      EXPECT_NEAR(house.low.y, 0, kTolerance);
      EXPECT_TRUE(house.high.y > 8.8 && house.high.y < 9 + 0.4 * 12) << house.high.y;
      EXPECT_EQ(has_roof(model), house.high.y > 9.5);
      roofs.insert(has_roof(model));
    }
    EXPECT_EQ(roofs.size(), 2U);  // pitched and flat ones
  }
}

TEST(Frontages, TurnTheSideThatCountsToTheStreet) {
  Layout street = straight_street();
  street.left.stretches = {{10, 20, Frontage::kWall, 2}, {20, 35, Frontage::kBuilding, 9}};
  street.right.stretches = {{10, 20, Frontage::kFence, 2}, {20, 35, Frontage::kBuilding, 9}};
  const Model model = frontages_of(street, 1);
  int upright = 0;
  for (const Patch* patch : model.from_far_to_near(straight_camera())) {
    if (patch->v_axis.y < 1) continue;  // a roof
    ++upright;
    EXPECT_GT(dot(patch->normal(), straight_camera().position() - patch->origin), 0);
  }
  EXPECT_GE(upright, 7);  // wall, fence, two fronts, two gables, the skyline
}

TEST(Frontages, DarkenTheGroundAtTheirFoot) {
  Layout street = straight_street();
  street.left.stretches = {{10, 20, Frontage::kWall, 2}};
  const Model model = frontages_of(street, 1);
  EXPECT_DOUBLE_EQ(darkness(model, -6, 15), 0.5);
  EXPECT_EQ(darkness(model, -5, 15), 0);
}

TEST(Frontages, ASkylineClosesEveryStreet) {
  const Layout street = straight_street();  // with nothing else
  const auto extents = extents_of(frontages_of(street, 1), 400);
  EXPECT_EQ(extents.size(), 2U);
  for (const int label : {kBuilding, kVegetation}) {
    EXPECT_EQ(extents.at(label).low.z, kSkyline);
    EXPECT_LT(extents.at(label).low.x, -100);
    EXPECT_GT(extents.at(label).high.x, 100);
    EXPECT_LT(extents.at(label).high.y, 30);
  }
}

TEST(Frontages, AreTheSameForTheSameRandomNumbers) {
  Layout street = straight_street();
  street.left.stretches = {{10, 30, Frontage::kBuilding, 9}};
  street.right.stretches = {{10, 30, Frontage::kHedge, 2}};
  const Image picture = testing::painted(frontages_of(street, 1)).photo();
  EXPECT_EQ(testing::painted(frontages_of(street, 1)).photo(), picture);
  EXPECT_NE(testing::painted(frontages_of(street, 2)).photo(), picture);
}

}  // namespace
}  // namespace segfold::street
