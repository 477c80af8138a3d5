#include "segfold/data/street_scene/canvas.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::count;
using testing::flat_light;
using testing::kStreetPicture;
using testing::straight_camera;

constexpr int kThing = kCar;
constexpr int kOther = kBuilding;
constexpr int kSky = 23;
constexpr int kEgoVehicle = 1;

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

TEST(Canvas, ProjectsByThePinholeEquation) {
  Canvas canvas(kStreetPicture, 1, straight_camera(), flat_light());
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
  Canvas far_first(kStreetPicture, 1, straight_camera(), flat_light());
  far_first.paint(far);
  far_first.paint(near);
  Canvas near_first(kStreetPicture, 1, straight_camera(), flat_light());
  near_first.paint(near);
  near_first.paint(far);
  EXPECT_EQ(far_first.label_ids(), near_first.label_ids());
  EXPECT_EQ(far_first.photo(), near_first.photo());
  EXPECT_EQ(count(near_first.label_ids(), kThing), 64);
}

TEST(Canvas, SeeThroughThingsKeepTheirLabelAndShowWhatIsBehind) {
  Canvas canvas(kStreetPicture, 1, straight_camera(), flat_light());
  canvas.paint(square(10, 4, kOther, {0.4F, 0.4F, 0.4F}));
  canvas.paint(square(5, 1, kThing, {0.0F, 0.0F, 0.0F}, 0.25F));
  EXPECT_EQ(canvas.label_ids().at(22, 40), kThing);
  EXPECT_NEAR(canvas.photo().at(22, 40, 0), 255 * 0.4 * 0.75, 1);
}

TEST(Canvas, WhatIsBehindTheCameraIsNotPainted) {
  Canvas canvas(kStreetPicture, 1, straight_camera(), flat_light());
  canvas.paint(square(-5, 2, kThing, {0.5F, 0.5F, 0.5F}));
  EXPECT_EQ(count(canvas.label_ids(), kThing), 0);
}

TEST(Canvas, PointsPerPixelChangeNoPlace) {
  Canvas coarse(kStreetPicture, 1, straight_camera(), flat_light());
  Canvas fine(kStreetPicture, 3, straight_camera(), flat_light());
  for (Canvas* canvas : {&coarse, &fine}) canvas->paint(square(8, 1.7, kThing, {0.5F, 0.5F, 0.5F}));
  EXPECT_EQ(coarse.label_ids(), fine.label_ids());
}

TEST(Canvas, IsSkyWhereNothingIsPainted) {
  Light light = flat_light();
  light.sky_low = light.sky_high = {0.2F, 0.4F, 0.6F};
  light.clouds = 0;
  Canvas canvas(kStreetPicture, 1, straight_camera(), light);
  canvas.paint_sky();
  EXPECT_EQ(count(canvas.label_ids(), kSky), kStreetPicture.area());
  EXPECT_EQ(canvas.photo().at(0, 0, 0), 51);
  EXPECT_EQ(canvas.photo().at(0, 0, 2), 153);
}

TEST(Canvas, BelowTheHorizonTheSkyIsAsItIsThere) {
  Light light = flat_light();
  light.clouds = 1;
  Canvas canvas(kStreetPicture, 1, straight_camera(), light);
  canvas.paint_sky();
  const Image photo = canvas.photo();
  EXPECT_TRUE(std::equal(photo.row(20), photo.row(21), photo.row(39)));
  EXPECT_FALSE(std::equal(photo.row(10), photo.row(11), photo.row(39)));
}

TEST(Canvas, WhatReachesBeyondThePictureFillsItAndNoMore) {
  Canvas canvas(kStreetPicture, 1, straight_camera(), flat_light());
  Patch wall = square(3, 100, kThing, {0.5F, 0.5F, 0.5F});
  wall.origin.y = -50;
  canvas.paint(wall);
  EXPECT_EQ(count(canvas.label_ids(), kThing), kStreetPicture.area());
}

TEST(Canvas, GroundThatRunsBelowTheCameraEndsAtTheHorizon) {
  Canvas canvas(kStreetPicture, 1, straight_camera(), flat_light());
  Patch ground = square(-100, 1e6, kThing, {0.5F, 0.5F, 0.5F});
  ground.v_axis = {0, 0, 1};
  canvas.paint(ground);
  const Image ids = canvas.label_ids();
  EXPECT_EQ(count(ids, kThing), kStreetPicture.area() / 2);
  EXPECT_EQ(std::count(ids.row(20), ids.row(40), kThing), kStreetPicture.area() / 2);
}

TEST(Canvas, InstancesAreThoseOfThePatchUnlessAPartBearsAnotherLabel) {
  Canvas canvas(kStreetPicture, 1, straight_camera(), flat_light());
  Patch thing = square(10, 2, kThing, {0.5F, 0.5F, 0.5F});
  thing.instance = 26003;
  thing.shader = [](double, double v, double, Fragment& fragment) {
    if (v > 1) fragment.label = kOther;
    return true;
  };
  canvas.paint(thing);
  const InstanceMap instances = canvas.instance_ids();
  EXPECT_EQ(instances.at(23, 40), 26003);
  EXPECT_EQ(instances.at(16, 40), kOther);
  EXPECT_EQ(instances.at(0, 0), kSky);
}

TEST(Canvas, WhatGlowsNeedsNoLight) {
  Light night = flat_light();
  night.ambient = {0, 0, 0};
  for (const bool glows : {false, true}) {
    Canvas canvas(kStreetPicture, 1, straight_camera(), night);
    Patch lamp = square(10, 2, kThing, {});
    lamp.shader = [=](double, double, double, Fragment& fragment) {
      fragment.colour = {0.4F, 0.4F, 0.4F};
      fragment.glows = glows;
      return true;
    };
    canvas.paint(lamp);
    EXPECT_EQ(canvas.photo().at(20, 40, 0), glows ? 102 : 0);
  }
}

TEST(Canvas, TheBonnetCoversTheFootOfThePictureMostInItsMiddle) {
  Canvas canvas(kStreetPicture, 1, straight_camera(), flat_light());
  canvas.paint(square(2, 100, kThing, {0.5F, 0.5F, 0.5F}));  // hides nothing of it
  canvas.paint_bonnet(0.25, {0.1F, 0.1F, 0.1F});
  const Image ids = canvas.label_ids();
  const auto tall = [&](std::int64_t column) {
    std::int64_t rows = 0;
    for (std::int64_t y = 0; y < kStreetPicture.height; ++y) rows += ids.at(y, column) == kEgoVehicle;
    return rows;
  };
  EXPECT_EQ(tall(40), 10);  // a quarter of 40 rows
  EXPECT_LT(tall(0), 4);
  EXPECT_EQ(tall(0), tall(79));
  EXPECT_EQ(ids.at(39, 40), kEgoVehicle);
}

}  // namespace
}  // namespace segfold::street
