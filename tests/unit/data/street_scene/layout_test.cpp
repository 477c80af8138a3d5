#include "segfold/data/street_scene/layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::straight_street;

Cast cast_of(std::initializer_list<std::size_t> classes) {
  Cast cast;
  for (const std::size_t id : classes) cast.set(id);
  return cast;
}

/// Looks at many streets that show the classes of a cast.
void for_each_layout(const Cast& cast, const std::function<void(const Layout&)>& look) {
  for (std::uint64_t key = 0; key < 200; ++key) {
    RandomStream random(key);
    look(draw_layout(cast, random));
  }
}

TEST(Side, AddsUpItsWidthsOutwards) {
  const Side side{.road = 4, .parking = 2, .verge = 1.5, .sidewalk = 3, .lawn = 5, .stretches = {}};
  EXPECT_DOUBLE_EQ(side.kerb(), 6);
  EXPECT_DOUBLE_EQ(side.pavement(), 7.5);
  EXPECT_DOUBLE_EQ(side.front(), 15.5);
}

TEST(Layout, ItsMiddleFollowsHeadingAndBend) {
  Layout street = straight_street();
  street.offset = -2;
  EXPECT_DOUBLE_EQ(street.middle(0), -2);
  street.heading = 0.1;
  EXPECT_DOUBLE_EQ(street.middle(50), -2 + 5);
  street.heading = 0;
  street.bend = 0.008;
  EXPECT_DOUBLE_EQ(street.middle(90), -2 + 0.5 * 0.008 * 45 * 45);  // 90 m count as 45: the bend runs out
  EXPECT_GT(street.turn(30), 0);                                    // to the right
}

TEST(Layout, PlacesThingsAtARightAngleToTheStreet) {
  Layout street = straight_street();
  street.heading = 0.75;  // 3 m to the right in 4 m
  const Pose pose = street.place(20, 5);
  EXPECT_NEAR(pose.x, 15 + 4, 1e-9);
  EXPECT_NEAR(pose.z, 20 - 3, 1e-9);
  EXPECT_NEAR(pose.yaw, std::atan(0.75), 1e-9);
  EXPECT_NEAR(street.place(20, 5, true).yaw, pose.yaw + std::numbers::pi, 1e-9);
}

TEST(Layout, IsInTheCrossingBetweenItsEndsOnly) {
  Layout street = straight_street();
  street.crossing_z0 = 20;
  street.crossing_z1 = 30;
  EXPECT_FALSE(street.in_crossing(25));  // there is none
  street.crossing = true;
  EXPECT_TRUE(street.in_crossing(25));
  EXPECT_FALSE(street.in_crossing(31));
  EXPECT_TRUE(street.in_crossing(31, 2));
  EXPECT_FALSE(street.in_crossing(17, 2));
}

TEST(DrawLayout, LetsTheCameraDriveOnTheRightHalfOfTheRoad) {
  for_each_layout({}, [](const Layout& street) {
    EXPECT_LT(street.offset, 0);
    EXPECT_GT(street.offset, -street.right.road);
  });
}

TEST(DrawLayout, KeepsWidthsPlausible) {
  for_each_layout({}, [](const Layout& street) {
    for (const Side& side : {street.left, street.right}) {
      EXPECT_TRUE(side.road >= 3.1 && side.road <= 4.6);
      EXPECT_TRUE(side.parking == 0 || (side.parking >= 1.9 && side.parking <= 2.3));
      EXPECT_TRUE(side.sidewalk >= 1.8 && side.sidewalk <= 4.2);
      EXPECT_TRUE(side.verge >= 0 && side.verge <= 3.4);
      EXPECT_TRUE(side.lawn >= 0 && side.lawn <= 9.2);
    }
  });
}

TEST(DrawLayout, StretchesFollowEachOtherAndLeaveTheCrossingFree) {
  for_each_layout({}, [](const Layout& street) {
    for (const Side& side : {street.left, street.right}) {
      double end = 3;
      for (const Stretch& stretch : side.stretches) {
        EXPECT_GE(stretch.z0, end);
        EXPECT_GT(stretch.z1, stretch.z0 + 2);
        EXPECT_EQ(stretch.height > 0, stretch.kind != Frontage::kOpen);
        EXPECT_TRUE(!street.crossing || stretch.z1 <= street.crossing_z0 || stretch.z0 >= street.crossing_z1);
        end = stretch.z1;
      }
      EXPECT_GT(end, 120);
    }
  });
}

TEST(DrawLayout, GivesTheWantedFrontagesTheNearestPlaces) {
  for_each_layout(cast_of({kWallClass, kFenceClass}), [](const Layout& street) {
    const Frontage left = street.left.stretches.front().kind;
    const Frontage right = street.right.stretches.front().kind;
    EXPECT_TRUE((left == Frontage::kWall && right == Frontage::kFence) ||
                (left == Frontage::kFence && right == Frontage::kWall));
  });
}

TEST(DrawLayout, HasGrassWhereTerrainIsWanted) {
  for_each_layout(cast_of({kTerrainClass}), [](const Layout& street) {
    const auto grass = [](const Side& side) { return std::max(side.verge, side.lawn); };
    EXPECT_GE(std::max(grass(street.left), grass(street.right)), 1.4);
  });
}

TEST(DrawLayout, HasRailsWhereATrainIsWanted) {
  int in_road = 0;
  for_each_layout(cast_of({kTrainClass}), [&](const Layout& street) {
    ASSERT_TRUE(street.rails);
    in_road += street.rails_in_road;
    const double distance = -street.rails_at;  // to the left of the road's middle
    if (street.rails_in_road) {
      EXPECT_TRUE(distance > 0 && distance < street.left.road);
    } else {
      EXPECT_TRUE(distance > street.left.kerb() && distance < street.left.pavement());
      EXPECT_EQ(street.left.parking, 0);
    }
  });
  EXPECT_NEAR(in_road, 100, 30);
  int unasked = 0;
  for_each_layout({}, [&](const Layout& street) { unasked += street.rails; });
  EXPECT_NEAR(unasked, 30, 20);
}

TEST(DrawLayout, IsTheSameForTheSameRandomNumbers) {
  RandomStream first(5);
  RandomStream second(5);
  RandomStream other(6);
  const Layout street = draw_layout({}, first);
  const Layout again = draw_layout({}, second);
  EXPECT_EQ(street.bend, again.bend);
  EXPECT_EQ(street.right.stretches.back().z1, again.right.stretches.back().z1);
  EXPECT_NE(street.bend, draw_layout({}, other).bend);
}

}  // namespace
}  // namespace segfold::street
