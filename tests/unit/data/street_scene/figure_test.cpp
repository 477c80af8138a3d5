#include "segfold/data/street_scene/figure.h"

#include <gtest/gtest.h>

#include "segfold/data/street_scene/ids.h"

namespace segfold::street {
namespace {

constexpr Rgb kGrey{0.5F, 0.5F, 0.5F};

bool is_drawn(const Figure& figure, double x, double y) {
  Fragment fragment;
  return figure.sample(x, y, fragment);
}

Fragment look(const Figure& figure, double x, double y) {
  Fragment fragment;
  EXPECT_TRUE(figure.sample(x, y, fragment)) << x << ", " << y;
  return fragment;
}

TEST(Figure, IsEmptyAtFirst) { EXPECT_FALSE(is_drawn(Figure(), 0, 0)); }

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

TEST(Figure, ATrapezoidsEdgesLean) {
  Figure figure;
  figure.trapezoid(0, -2, 2, 4, 0, 1, kGrey);  // half way up: from −1 to 1.5
  EXPECT_TRUE(is_drawn(figure, -0.95, 2));
  EXPECT_FALSE(is_drawn(figure, -1.05, 2));
  EXPECT_TRUE(is_drawn(figure, 1.45, 2));
  EXPECT_FALSE(is_drawn(figure, 1.55, 2));
  EXPECT_FALSE(is_drawn(figure, 0.5, 4.1));
}

TEST(Figure, AnEllipseHasTwoRadii) {
  Figure figure;
  figure.ellipse(1, 2, 3, 1, kGrey);
  EXPECT_TRUE(is_drawn(figure, 3.9, 2));
  EXPECT_TRUE(is_drawn(figure, 1, 2.9));
  EXPECT_FALSE(is_drawn(figure, 1, 3.1));
  EXPECT_FALSE(is_drawn(figure, 3.9, 2.9));  // the corner of its box
}

TEST(Figure, ARingIsOpenInside) {
  Figure figure;
  figure.ring(0, 0, 1, 0.8, kGrey);
  EXPECT_TRUE(is_drawn(figure, 0.9, 0));
  EXPECT_FALSE(is_drawn(figure, 0.7, 0));
  EXPECT_FALSE(is_drawn(figure, 0.8, 0.8));
}

TEST(Figure, ALimbTapersHasRoundEndsAndIsDarkerAtItsRims) {
  Figure figure;
  figure.limb(0, 0, 1, 10, 0, 0.5, kGrey);
  EXPECT_TRUE(is_drawn(figure, 5, 0.74));  // half way: 0.75
  EXPECT_FALSE(is_drawn(figure, 5, 0.76));
  EXPECT_TRUE(is_drawn(figure, -0.95, 0));
  EXPECT_FALSE(is_drawn(figure, -0.8, 0.8));
  EXPECT_FLOAT_EQ(look(figure, 5, 0).colour.g, 0.5F);
  EXPECT_LT(look(figure, 5, 0.7).colour.g, 0.4F);
}

TEST(Figure, AMarkOfAShapeLeavesTheOthersAlone) {
  Figure figure;
  figure.box(0, 0, 1, 1, kGrey).box(1, 0, 2, 1, kGrey).see_through(0.25F).glow();
  EXPECT_EQ(look(figure, 0.5, 0.5).coverage, 1);
  EXPECT_FALSE(look(figure, 0.5, 0.5).glows);
  EXPECT_EQ(look(figure, 1.5, 0.5).coverage, 0.25F);
  EXPECT_TRUE(look(figure, 1.5, 0.5).glows);
}

TEST(Figure, MottleVariesTheColourWithinItsStrength) {
  Figure figure;
  figure.box(0, 0, 10, 1, kGrey).mottle(0.2, 0.5, 7);
  float least = 1;
  float most = 0;
  for (double x = 0.05; x < 10; x += 0.1) {
    const float green = look(figure, x, 0.5).colour.g;
    EXPECT_NEAR(green, 0.5, 0.1001);
    least = std::min(least, green);
    most = std::max(most, green);
  }
  EXPECT_GT(most - least, 0.05);
}

}  // namespace
}  // namespace segfold::street
