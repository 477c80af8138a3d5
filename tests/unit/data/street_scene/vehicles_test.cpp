#include "segfold/data/street_scene/vehicles.h"

#include <gtest/gtest.h>

#include <numbers>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::darkness;
using testing::Extent;
using testing::extents_of;
using testing::flat_light;
using testing::painted;
using testing::straight_camera;

constexpr double kHalfTurn = std::numbers::pi;
constexpr double kTolerance = 0.15;  // metres: the train's flank is 26 m long, and known to a 200th of that

struct Range {
  double least, most;
};

/// A kind of vehicle and the sizes, in metres, that it may have.
struct Kind {
  void (*add)(Model&, const Camera&, const Pose&, RandomStream&);
  int label;
  Range length, width, height;
};

constexpr Kind kKinds[] = {{add_car, kCar, {4.0, 5.2}, {1.78, 1.95}, {1.39, 2.08}},
                           {add_truck, kTruck, {7.05, 9.95}, {2.5, 2.5}, {3.3, 3.9}},
                           {add_bus, kBus, {9, 12}, {2.55, 2.55}, {2.95, 3.25}},
                           {add_train, kTrain, {17, 25.5}, {2.45, 2.45}, {3.3, 3.6}},
                           {add_caravan, kCaravan, {4.4, 4.6}, {2.2, 2.2}, {2.5, 2.5}}};

Model one_vehicle(const Kind& kind, const Pose& pose, std::uint64_t key) {
  Model model(flat_light());
  RandomStream random(key);
  kind.add(model, straight_camera(), pose, random);
  return model;
}

void expect_within(double value, Range range, const char* what) {
  EXPECT_GE(value, range.least - kTolerance) << what;
  EXPECT_LE(value, range.most + kTolerance) << what;
}

TEST(Vehicles, HaveTheSizesOfRealOnesAndStandOnTheGroundAtTheirPose) {
  for (const Kind& kind : kKinds) {
    for (std::uint64_t key = 0; key < 5; ++key) {
      const auto extents = extents_of(one_vehicle(kind, {.x = 5, .z = 30}, key));
      ASSERT_EQ(extents.size(), 1U) << "label " << kind.label;  // nothing but the vehicle
      const Extent extent = extents.at(kind.label);
      expect_within(extent.depth(), kind.length, "length");
      expect_within(extent.height(), kind.height, "height");
      EXPECT_NEAR(extent.low.y, 0.05, 0.15);
      EXPECT_NEAR((extent.low.z + extent.high.z) / 2, 30, 0.3);
      // The far flank is hidden, but the rear is as wide as the vehicle.
      expect_within(extent.width(), kind.width, "width");
      EXPECT_NEAR((extent.low.x + extent.high.x) / 2, 5, kTolerance);
    }
  }
}

TEST(Vehicles, DarkenTheGroundBelowThem) {
  for (const Kind& kind : kKinds) {
    const Model model = one_vehicle(kind, {.x = 5, .z = 30}, 1);
    EXPECT_DOUBLE_EQ(darkness(model, 5, 30), 0.75);
    EXPECT_EQ(darkness(model, 0, 30), 0);
  }
}

TEST(Vehicles, AreOneInstanceEach) {
  for (const Kind& kind : kKinds) {
    Model model(flat_light());
    RandomStream random(1);
    kind.add(model, straight_camera(), {.x = 0, .z = 30}, random);
    EXPECT_EQ(model.next_instance(kind.label), 1000 * kind.label + 1);
  }
}

TEST(Vehicles, AreTheSameForTheSameRandomNumbers) {
  for (const Kind& kind : kKinds) {
    const Pose pose{.x = 2, .z = 12 + kind.length.most / 2};
    const Image picture = painted(one_vehicle(kind, pose, 1)).photo();
    EXPECT_EQ(painted(one_vehicle(kind, pose, 1)).photo(), picture);
    EXPECT_NE(painted(one_vehicle(kind, pose, 2)).photo(), picture);
  }
}

TEST(Vehicles, ShowTailLightsFromBehindOnly) {
  const auto is_tail_light = [](Rgb c) { return c.r == 0.8F && c.g == 0.07F && c.b == 0.06F; };
  for (const auto add : {add_car, add_truck, add_bus}) {
    for (const double yaw : {0.0, kHalfTurn}) {
      Model model(flat_light());
      RandomStream random(1);
      add(model, straight_camera(), {.x = 0, .z = 20, .yaw = yaw}, random);
      int lights = 0;
      for (const Patch* patch : model.from_far_to_near(straight_camera())) {
        for (double u = 0.02; u < patch->u_size; u += 0.04) {
          for (double v = 0.02; v < patch->v_size; v += 0.04) {
            Fragment fragment;
            lights += patch->shader(u, v, 0.01, fragment) && is_tail_light(fragment.colour);
          }
        }
      }
      EXPECT_EQ(lights > 0, yaw == 0.0);
    }
  }
}

TEST(CarPaint, IsAColour) {
  for (std::uint64_t key = 0; key < 100; ++key) {
    RandomStream random(key);
    const Rgb paint = draw_car_paint(random);
    for (const float channel : {paint.r, paint.g, paint.b}) EXPECT_TRUE(channel > 0 && channel < 1);
  }
}

}  // namespace
}  // namespace segfold::street
