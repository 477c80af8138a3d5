#include "segfold/data/street_scene/model.h"

#include <gtest/gtest.h>

#include <numbers>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::darkness;
using testing::extents_of;
using testing::flat_light;
using testing::straight_camera;

TEST(Model, LeavesOutFacesThatLookAway) {
  const Light light = flat_light();
  const Shader shader = [](double, double, double, Fragment&) { return true; };
  Model model(light);
  const Pose ahead{.x = 0, .z = 10, .yaw = 0, .y = 0};
  model.add_face(straight_camera(), ahead, {-1, 0, 0}, {1, 0, 0}, {0, 1, 0}, 2, 2, kCar, 0, shader);  // its rear
  EXPECT_EQ(model.from_far_to_near(straight_camera()).size(), 1U);
  model.add_face(straight_camera(), ahead, {1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, 2, 2, kCar, 0, shader);  // its front
  EXPECT_EQ(model.from_far_to_near(straight_camera()).size(), 1U);
}

TEST(Model, NumbersTheInstancesOfEachClass) {
  Model model(flat_light());
  EXPECT_EQ(model.next_instance(kCar), 26000);
  EXPECT_EQ(model.next_instance(kCar), 26001);
  EXPECT_EQ(model.next_instance(kPerson), 24000);
}

TEST(Model, AFigureStandsOnItsFootAndTurnsWithItsPose) {
  Figure board;
  board.box(-1, 0, 1, 3, {0.5F, 0.5F, 0.5F});
  Model facing(flat_light());
  facing.add_figure({.x = 2, .z = 10}, 2, 3, kTrafficSign, 0, board);
  const auto front = extents_of(facing).at(kTrafficSign);
  EXPECT_NEAR(front.low.x, 1, 0.02);
  EXPECT_NEAR(front.high.x, 3, 0.02);
  EXPECT_NEAR(front.low.y, 0, 0.02);
  EXPECT_NEAR(front.high.y, 3, 0.02);
  EXPECT_NEAR(front.low.z, 10, 1e-9);

  Model turned(flat_light());
  turned.add_figure({.x = 2, .z = 10, .yaw = std::numbers::pi / 2}, 2, 3, kTrafficSign, 0, board);
  const auto side = extents_of(turned).at(kTrafficSign);
  EXPECT_NEAR(side.width(), 0, 1e-9);
  EXPECT_NEAR(side.low.z, 9, 0.02);
  EXPECT_NEAR(side.high.z, 11, 0.02);
}

TEST(Model, OrdersPatchesFromFarToNear) {
  Model model(flat_light());
  for (const double z : {10.0, 30.0, 20.0}) model.add_figure({.z = z}, 1, 1, kPole, 0, {});
  std::vector<double> distances;
  for (const Patch* patch : model.from_far_to_near(straight_camera())) distances.push_back(patch->origin.z);
  EXPECT_EQ(distances, (std::vector<double>{30, 20, 10}));
}

TEST(Model, ThingsDarkenTheGroundBelowThemAndAwayFromTheSun) {
  Light light = flat_light();
  light.sun = {0.6, 0.8, 0};
  light.sun_colour = {1, 1, 1};
  Model model(light);
  model.add_shadow({.x = 0, .z = 10}, 0, 0.5, 2);  // reaches 2 / 0.8 · 0.6 = 1.5 m to the left
  EXPECT_DOUBLE_EQ(darkness(model, 0, 10), 0.75);
  EXPECT_DOUBLE_EQ(darkness(model, -1.4, 10), light.shadow_strength());
  EXPECT_EQ(darkness(model, 1.4, 10), 0);
  EXPECT_EQ(darkness(model, -2.1, 10), 0);
}

TEST(Model, LongThingsDarkenTheGroundAlongTheirLength) {
  Model model(flat_light());
  model.add_shadow({.x = 0, .z = 10, .yaw = std::numbers::pi / 2}, 4, 1, 1);
  EXPECT_GT(darkness(model, 1.9, 10), 0.5);
  EXPECT_EQ(darkness(model, 0, 12), 0);
}

TEST(Model, WallsDarkenTheirFoot) {
  Model model(flat_light());
  model.add_contact({3, 0, 10}, {3, 0, 20}, 0.5);
  EXPECT_DOUBLE_EQ(darkness(model, 3, 15), 0.5);
  EXPECT_EQ(darkness(model, 3.6, 15), 0);
}

TEST(Shadow, IsDarkestAtItsHeartAndEndsAtItsRadius) {
  const Shadow shadow{.x0 = 0, .z0 = 0, .x1 = 0, .z1 = 4, .radius_m = 2, .strength = 0.8};
  EXPECT_DOUBLE_EQ(shadow.at(0, 2), 0.8);
  EXPECT_GT(shadow.at(1.9, 2), 0);
  EXPECT_LT(shadow.at(1.9, 2), 0.8);
  EXPECT_EQ(shadow.at(2.01, 2), 0);
  EXPECT_EQ(shadow.at(0, 6.01), 0);
}

}  // namespace
}  // namespace segfold::street
