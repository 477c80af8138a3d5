#include "segfold/data/street_scene/canvas.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "segfold/data/street_scene/model.h"

namespace segfold::street {
namespace {

constexpr Size kSize{40, 80};
constexpr int kThing = kCar;
constexpr int kOther = kBuilding;

Camera straight_camera() { return {.focal_px = 40, .centre_x = 40, .centre_y = 20, .height_m = 1}; }

Light flat_light() {
  Light light;
  light.ambient = {1, 1, 1};
  light.visibility_m = 1e9;
  light.noise = 0;
  light.vignette = 0;
  return light;
}

/// An upright square of one colour whose foot's middle is at (0, 0, z).
Patch square(double z, double side, int label, Rgb colour, float coverage = 1) {
  return {.origin = {-side / 2, 0, z},
          .u_axis = {1, 0, 0},
          .v_axis = {0, 1, 0},
          .u_size = side,
          .v_size = side,
          .label = label,
          .instance = 0,
          .shader = [=](double, double, double, Fragment& fragment) {
            fragment.colour = colour;
            fragment.coverage = coverage;
            return true;
          }};
}

std::int64_t count(const Image& ids, int label) {
  return std::count(ids.pixels.begin(), ids.pixels.end(), static_cast<std::uint8_t>(label));
}

TEST(Canvas, ProjectsByThePinholeEquation) {
  Canvas canvas(kSize, 1, straight_camera(), flat_light());
  canvas.paint(square(10, 2, kThing, {0.5F, 0.5F, 0.5F}));
  const Image ids = canvas.label_ids();
  // 2 m at 10 m and 40 px focal length: 8 × 8 px, from 4 px above the horizon (1 m above the camera) to 4 px below.
  EXPECT_EQ(count(ids, kThing), 64);
  EXPECT_EQ(ids.at(16, 36), kThing);
  EXPECT_EQ(ids.at(23, 43), kThing);
  EXPECT_NE(ids.at(15, 36), kThing);
  EXPECT_NE(ids.at(24, 43), kThing);
  EXPECT_NE(ids.at(20, 44), kThing);
}

TEST(Canvas, NearThingsHideFarOnesInAnyOrder) {
  const Patch near = square(5, 1, kThing, {0.5F, 0.5F, 0.5F});
  const Patch far = square(10, 2, kOther, {0.2F, 0.2F, 0.2F});
  Canvas far_first(kSize, 1, straight_camera(), flat_light());
  far_first.paint(far);
  far_first.paint(near);
  Canvas near_first(kSize, 1, straight_camera(), flat_light());
  near_first.paint(near);
  near_first.paint(far);
  EXPECT_EQ(far_first.label_ids(), near_first.label_ids());
  EXPECT_EQ(far_first.photo(), near_first.photo());
  EXPECT_EQ(count(near_first.label_ids(), kThing), 64);
}

TEST(Canvas, SeeThroughThingsKeepTheirLabelAndShowWhatIsBehind) {
  Canvas canvas(kSize, 1, straight_camera(), flat_light());
  canvas.paint(square(10, 4, kOther, {0.4F, 0.4F, 0.4F}));
  canvas.paint(square(5, 1, kThing, {0.0F, 0.0F, 0.0F}, 0.25F));
  EXPECT_EQ(canvas.label_ids().at(22, 40), kThing);
  EXPECT_NEAR(canvas.photo().at(22, 40, 0), 255 * 0.4 * 0.75, 1);
}

TEST(Canvas, WhatIsBehindTheCameraIsNotPainted) {
  Canvas canvas(kSize, 1, straight_camera(), flat_light());
  canvas.paint(square(-5, 2, kThing, {0.5F, 0.5F, 0.5F}));
  EXPECT_EQ(count(canvas.label_ids(), kThing), 0);
}

TEST(Canvas, PointsPerPixelChangeNoPlace) {
  Canvas coarse(kSize, 1, straight_camera(), flat_light());
  Canvas fine(kSize, 3, straight_camera(), flat_light());
  for (Canvas* canvas : {&coarse, &fine}) canvas->paint(square(8, 1.7, kThing, {0.5F, 0.5F, 0.5F}));
  EXPECT_EQ(coarse.label_ids(), fine.label_ids());
}

TEST(Model, LeavesOutFacesThatLookAway) {
  const Light light = flat_light();
  const Shader shader = [](double, double, double, Fragment&) { return true; };
  Model model(light);
  const Pose ahead{.x = 0, .z = 10, .yaw = 0, .y = 0};
  model.add_face(straight_camera(), ahead, {-1, 0, 0}, {1, 0, 0}, {0, 1, 0}, 2, 2, kThing, 0, shader);  // its rear
  EXPECT_EQ(model.from_far_to_near(straight_camera()).size(), 1U);
  model.add_face(straight_camera(), ahead, {1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, 2, 2, kThing, 0, shader);  // its front
  EXPECT_EQ(model.from_far_to_near(straight_camera()).size(), 1U);
}

TEST(Model, NumbersTheInstancesOfEachClass) {
  Model model(flat_light());
  EXPECT_EQ(model.next_instance(kCar), 26000);
  EXPECT_EQ(model.next_instance(kCar), 26001);
  EXPECT_EQ(model.next_instance(kPerson), 24000);
}

TEST(Shadow, IsDarkestAtItsHeartAndEndsAtItsRadius) {
  const Shadow shadow{.x0 = 0, .z0 = 0, .x1 = 0, .z1 = 4, .radius_m = 2, .strength = 0.8};
  EXPECT_DOUBLE_EQ(shadow.at(0, 2), 0.8);
  EXPECT_GT(shadow.at(1.9, 2), 0);
  EXPECT_LT(shadow.at(1.9, 2), 0.8);
  EXPECT_EQ(shadow.at(2.01, 2), 0);
  EXPECT_EQ(shadow.at(0, 6.01), 0);
}

TEST(Figure, LaterShapesLieOnTopOfEarlierOnes) {
  Figure figure;
  figure.box(-1, 0, 1, 2, {0.1F, 0.1F, 0.1F}).ellipse(0, 1, 0.5, 0.5, {0.9F, 0.9F, 0.9F}).label(kTrafficSign);
  Fragment inside;
  ASSERT_TRUE(figure.sample(0, 1, inside));
  EXPECT_EQ(inside.label, kTrafficSign);
  Fragment beside;
  ASSERT_TRUE(figure.sample(0.8, 1, beside));
  EXPECT_EQ(beside.label, -1);
  EXPECT_FLOAT_EQ(beside.colour.r, 0.1F);
  Fragment outside;
  EXPECT_FALSE(figure.sample(1.2, 1, outside));
}

}  // namespace
}  // namespace segfold::street
