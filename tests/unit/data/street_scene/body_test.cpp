#include "segfold/data/street_scene/body.h"

#include <gtest/gtest.h>

#include <numbers>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::count;
using testing::Extent;
using testing::extents_of;
using testing::flat_light;
using testing::painted;
using testing::straight_camera;

constexpr double kHalfTurn = std::numbers::pi;
constexpr double kTolerance = 0.02;  // metres

/// A drawing of one colour that is larger than any side.
Figure whole() { return Figure().box(-20, 0, 20, 20, {0.5F, 0.5F, 0.5F}); }

/// Where the vehicle is that `build` made of a body at a pose.
template <class Build>
std::map<int, Extent> built(const Pose& pose, Build build) {
  Model model(flat_light());
  Body body(model, straight_camera(), pose, kCar);
  build(body);
  return extents_of(model);
}

void expect_range(double low, double high, double expected_low, double expected_high) {
  EXPECT_NEAR(low, expected_low, kTolerance);
  EXPECT_NEAR(high, expected_high, kTolerance);
}

TEST(Body, ShowsItsRearWhenItHeadsAwayAndItsFrontWhenItComes) {
  const auto two_ends = [](Body& body) {
    body.front(2, 1.8, 1.4, whole());
    body.rear(-1.5, 1.6, 1.2, whole());
  };
  const Extent rear = built({.x = 0, .z = 10}, two_ends).at(kCar);
  expect_range(rear.low.z, rear.high.z, 8.5, 8.5);
  expect_range(rear.low.x, rear.high.x, -0.8, 0.8);
  expect_range(rear.low.y, rear.high.y, 0, 1.2);
  const Extent front = built({.x = 0, .z = 10, .yaw = kHalfTurn}, two_ends).at(kCar);
  expect_range(front.low.z, front.high.z, 8, 8);
  expect_range(front.low.x, front.high.x, -0.9, 0.9);
}

TEST(Body, DrawsBothFlanksFromTheFrontBackwards) {
  const auto marked = [](Body& body) {
    Figure flank;
    flank.box(0, 0, 4, 1, {0.5F, 0.5F, 0.5F}).box(0, 0, 0.5, 1, {0.9F, 0.9F, 0.9F}).label(kTrafficSign);
    body.flanks(0.9, 2, 4, 1, flank);
  };
  for (const double side : {-1.0, 1.0}) {  // one beside the camera's left shows its right flank
    const auto extents = built({.x = side * 4, .z = 10}, marked);
    EXPECT_NEAR(extents.at(kCar).low.x, side * 3.1, kTolerance);
    EXPECT_NEAR(extents.at(kCar).width(), 0, kTolerance);
    expect_range(extents.at(kCar).low.z, extents.at(kCar).high.z, 8, 11.5);
    expect_range(extents.at(kTrafficSign).low.z, extents.at(kTrafficSign).high.z, 11.5, 12);
  }
}

TEST(Body, ShowsATopThatLiesBelowTheCameraOnly) {
  const auto with_top_at = [](double y) {
    return built({.x = 0, .z = 10}, [=](Body& body) { body.top(y, -2, 1, 1.8, {0.5F, 0.5F, 0.5F}); });
  };
  EXPECT_TRUE(with_top_at(1.1).empty());  // the camera is 1 m high
  const Extent top = with_top_at(0.5).at(kCar);
  expect_range(top.low.y, top.high.y, 0.5, 0.5);
  expect_range(top.low.z, top.high.z, 8, 11);
  expect_range(top.low.x, top.high.x, -0.9, 0.9);
}

TEST(Body, LeansItsPanesFromFootToTop) {
  const auto panes = [](Body& body) {
    body.slope_rear(0.5, -2, 0.9, -1.5, 1.6, whole());
    body.slope_front(0.5, 1, 0.9, 0.2, 1.6, whole());
  };
  const Extent rear = built({.x = 0, .z = 10}, panes).at(kCar);
  expect_range(rear.low.z, rear.high.z, 8, 8.5);
  expect_range(rear.low.y, rear.high.y, 0.5, 0.9);
  const Extent front = built({.x = 0, .z = 10, .yaw = kHalfTurn}, panes).at(kCar);
  expect_range(front.low.z, front.high.z, 9, 9.8);
  expect_range(front.low.x, front.high.x, -0.8, 0.8);
}

TEST(Body, IsOneInstanceOfItsClass) {
  Model model(flat_light());
  for (const double x : {-2.0, 2.0}) {
    Body body(model, straight_camera(), {.x = x, .z = 10}, kCar);
    body.rear(-1, 1.8, 1.4, whole());
    body.flanks(0.9, 1, 2, 1.4, whole());
  }
  const Canvas canvas = painted(model);
  const InstanceMap instances = canvas.instance_ids();
  const auto first = std::ranges::count(instances.pixels, 26000);
  const auto second = std::ranges::count(instances.pixels, 26001);
  EXPECT_GT(first, 20);
  EXPECT_EQ(first + second, count(canvas.label_ids(), kCar));
}

TEST(Wheels, StandOnTheGround) {
  Figure flank;
  add_side_wheel(flank, 0.8, 0.33);
  Fragment fragment;
  EXPECT_TRUE(flank.sample(0.8, 0.01, fragment));
  EXPECT_TRUE(flank.sample(0.8, 0.65, fragment));
  EXPECT_FALSE(flank.sample(0.8, 0.67, fragment));
  EXPECT_TRUE(flank.sample(0.8 + 0.32, 0.33, fragment));
  EXPECT_FALSE(flank.sample(0.8 + 0.34, 0.33, fragment));
  EXPECT_LT(fragment.colour.g, 0.1F);  // the tyre
}

TEST(Wheels, AtTheEndsAreOneOnEachSideAndNoneBetween) {
  Figure end;
  add_end_wheels(end, 1.8, 0.4);
  Fragment fragment;
  for (const double side : {-1.0, 1.0}) {
    EXPECT_TRUE(end.sample(side * 0.75, 0.2, fragment));
    EXPECT_FALSE(end.sample(side * 0.89, 0.2, fragment));
  }
  EXPECT_FALSE(end.sample(0, 0.2, fragment));
  EXPECT_FALSE(end.sample(0.75, 0.41, fragment));
}

}  // namespace
}  // namespace segfold::street
