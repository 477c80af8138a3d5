#include "segfold/data/street_scene/people.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::darkness;
using testing::Extent;
using testing::extents_of;
using testing::flat_light;
using testing::painted;

constexpr double kTolerance = 0.03;  // metres
constexpr double kToTheRight = std::numbers::pi / 2;

Pose heading(double yaw) { return {.x = 1, .z = 10, .yaw = yaw}; }

using Add = void (*)(Model&, const Pose&, RandomStream&);

Model drawn(Add add, const Pose& pose, std::uint64_t key) {
  Model model(flat_light());
  RandomStream random(key);
  add(model, pose, random);
  return model;
}

Model with_rider(const Pose& pose, int mount) {
  Model model(flat_light());
  RandomStream random(1);
  add_rider(model, pose, mount, random);
  return model;
}

TEST(Person, IsAsTallAsPeopleAreAndStandsAtItsPlace) {
  std::set<int> tall;
  for (std::uint64_t key = 0; key < 20; ++key) {
    const Model model = drawn(add_person, heading(0), key);
    const auto extents = extents_of(model);
    ASSERT_EQ(extents.size(), 1U);
    const Extent& person = extents.at(kPerson);
    EXPECT_NEAR(person.low.y, 0, kTolerance);
    EXPECT_TRUE(person.high.y > 1.57 && person.high.y < 1.91) << person.high.y;
    EXPECT_TRUE(person.width() > 0.5 && person.width() < 1.05) << person.width();
    EXPECT_NEAR((person.low.x + person.high.x) / 2, 1, 0.12);
    EXPECT_GT(darkness(model, 1, 10), 0.5);
    tall.insert(static_cast<int>(100 * person.high.y));
  }
  EXPECT_GT(tall.size(), 5U);
}

TEST(Person, IsAnInstanceOfItsOwn) {
  Model model(flat_light());
  RandomStream random(1);
  add_person(model, heading(0), random);
  add_person(model, heading(0), random);
  EXPECT_EQ(model.next_instance(kPerson), 24002);
}

TEST(TwoWheelers, AreLongFromTheSideAndNarrowFromTheEnds) {
  struct Kind {
    Add add;
    int label;
    double length, width;
  };
  for (const auto& [add, label, length, width] :
       {Kind{add_bicycle, kBicycle, 1.82, 0.64}, Kind{add_motorcycle, kMotorcycle, 2.14, 1.06}}) {
    const auto side = extents_of(drawn(add, heading(kToTheRight), 1));
    ASSERT_EQ(side.size(), 1U);
    EXPECT_NEAR(side.at(label).width(), length, kTolerance);
    EXPECT_NEAR(side.at(label).low.y, 0, kTolerance);
    EXPECT_NEAR(side.at(label).high.y, 1.11, 0.05);
    for (const double yaw : {0.0, std::numbers::pi}) {
      const auto end = extents_of(drawn(add, heading(yaw), 1));
      ASSERT_EQ(end.size(), 1U);
      EXPECT_NEAR(end.at(label).width(), width, kTolerance);
    }
  }
}

TEST(TwoWheelers, ThatComeObliquelyLookShorter) {
  const double side = extents_of(drawn(add_bicycle, heading(kToTheRight), 1)).at(kBicycle).width();
  const double oblique = extents_of(drawn(add_bicycle, heading(kToTheRight - 0.5), 1)).at(kBicycle).width();
  EXPECT_NEAR(oblique, side * std::cos(0.5), kTolerance);
}

TEST(Rider, SitsOnATwoWheelerThatKeepsItsLabel) {
  for (const int mount : {int{kBicycle}, int{kMotorcycle}}) {
    for (const double yaw : {0.0, kToTheRight, std::numbers::pi}) {
      const auto extents = extents_of(with_rider(heading(yaw), mount));
      ASSERT_EQ(extents.size(), 2U);
      const Extent& rider = extents.at(kRider);
      EXPECT_NEAR(extents.at(mount).low.y, 0, kTolerance);
      EXPECT_TRUE(rider.low.y > 0.2 && rider.low.y < 0.45) << rider.low.y;      // the feet
      EXPECT_TRUE(rider.high.y > 1.85 && rider.high.y < 2.05) << rider.high.y;  // the helmet
      EXPECT_LT(rider.high.z, extents.at(mount).low.z + 0.01);                  // before the frame
    }
  }
}

TEST(Rider, LeansForwardWhicheverWayItHeads) {
  const Extent right = extents_of(with_rider(heading(kToTheRight), kBicycle)).at(kRider);
  const Extent left = extents_of(with_rider(heading(-kToTheRight), kBicycle)).at(kRider);
  EXPECT_GT(right.high.x - 1, 0.4);  // the hands
  EXPECT_LT(1 - right.low.x, 0.4);
  EXPECT_NEAR(left.low.x - 1, -(right.high.x - 1), kTolerance);
  EXPECT_NEAR(left.high.x - 1, -(right.low.x - 1), kTolerance);
}

TEST(Rider, CountsAsOneInstanceLikeItsTwoWheeler) {
  Model model = with_rider(heading(0), kBicycle);
  EXPECT_EQ(model.next_instance(kRider), 25001);
  EXPECT_EQ(model.next_instance(kBicycle), 33001);
}

TEST(People, AreTheSameForTheSameRandomNumbers) {
  const Pose near{.x = 0, .z = 4};
  const Image picture = painted(drawn(add_person, near, 1)).photo();
  EXPECT_EQ(painted(drawn(add_person, near, 1)).photo(), picture);
  EXPECT_NE(painted(drawn(add_person, near, 2)).photo(), picture);
}

}  // namespace
}  // namespace segfold::street
