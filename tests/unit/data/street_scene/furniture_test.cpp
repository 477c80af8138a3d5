#include "segfold/data/street_scene/furniture.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::darkness;
using testing::Extent;
using testing::extents_of;
using testing::flat_light;

constexpr Pose kPlace{.x = 3, .z = 10};
constexpr double kTolerance = 0.05;  // metres

using Add = std::function<void(Model&, RandomStream&)>;

/// Looks at 20 things of a kind at kPlace; whatever they are, they stand on the ground there and darken it.
void for_each_thing(const Add& add, const std::function<void(const std::map<int, Extent>&)>& look) {
  for (std::uint64_t key = 0; key < 20; ++key) {
    Model model(flat_light());
    RandomStream random(key);
    add(model, random);
    const auto extents = extents_of(model);
    double lowest = 1;
    for (const auto& [label, extent] : extents) lowest = std::min(lowest, extent.low.y);
    EXPECT_NEAR(lowest, 0, kTolerance);
    EXPECT_GT(darkness(model, kPlace.x, kPlace.z), 0.5);
    look(extents);
  }
}

std::set<int> labels_of(const std::map<int, Extent>& extents) {
  std::set<int> labels;
  for (const auto& [label, extent] : extents) labels.insert(label);
  return labels;
}

TEST(LampPosts, ArePolesThatHoldTheirLampOverTheRoad) {
  for (const int towards_road : {-1, 1}) {
    for_each_thing([&](Model& model, RandomStream& random) { add_lamp_post(model, kPlace, towards_road, random); },
                   [&](const auto& extents) {
                     EXPECT_EQ(labels_of(extents), std::set<int>{kPole});
                     const Extent& lamp = extents.at(kPole);
                     EXPECT_TRUE(lamp.high.y > 5 && lamp.high.y < 9.1) << lamp.high.y;
                     const double road_side = towards_road > 0 ? lamp.high.x - 3 : 3 - lamp.low.x;
                     const double other_side = towards_road > 0 ? 3 - lamp.low.x : lamp.high.x - 3;
                     EXPECT_TRUE(road_side > 1.3 && road_side < 3.15) << road_side;
                     EXPECT_LT(other_side, 0.25);
                   });
  }
}

TEST(SignPosts, BearASignOfAMetreOnTopOfAPole) {
  for_each_thing([](Model& model, RandomStream& random) { add_sign_post(model, kPlace, random); },
                 [](const auto& extents) {
                   EXPECT_EQ(labels_of(extents), (std::set<int>{kPole, kTrafficSign}));
                   const Extent& sign = extents.at(kTrafficSign);
                   EXPECT_TRUE(sign.width() > 0.75 && sign.width() < 1.25) << sign.width();
                   EXPECT_TRUE(sign.high.y > 2.5 && sign.high.y < 3.45) << sign.high.y;
                   EXPECT_NEAR((sign.low.x + sign.high.x) / 2, 3, kTolerance);
                   EXPECT_LT(extents.at(kPole).width(), 0.35);
                 });
}

TEST(SignBoards, StandOnTwoPostsAboveTheHeads) {
  for_each_thing([](Model& model, RandomStream& random) { add_sign_board(model, kPlace, random); },
                 [](const auto& extents) {
                   EXPECT_EQ(labels_of(extents), (std::set<int>{kPole, kTrafficSign}));
                   const Extent& board = extents.at(kTrafficSign);
                   EXPECT_TRUE(board.width() > 1.95 && board.width() < 3.05) << board.width();
                   EXPECT_GT(board.low.y, 1.65);
                   EXPECT_NEAR(extents.at(kPole).width(), 0.7 * board.width() + 0.22, kTolerance);
                 });
}

TEST(TrafficLights, HangOnAPoleOrAnArmOverTheRoad) {
  std::set<bool> arms;
  for (const int towards_road : {-1, 1}) {
    for_each_thing([&](Model& model, RandomStream& random) { add_traffic_light(model, kPlace, towards_road, random); },
                   [&](const auto& extents) {
                     EXPECT_EQ(labels_of(extents), (std::set<int>{kPole, kTrafficLight}));
                     const Extent& heads = extents.at(kTrafficLight);
                     const double road_side = towards_road > 0 ? heads.high.x - 3 : 3 - heads.low.x;
                     const double other_side = towards_road > 0 ? 3 - heads.low.x : heads.high.x - 3;
                     EXPECT_LT(other_side, 0.42);
                     EXPECT_TRUE(road_side < 0.42 || (road_side > 2.2 && road_side < 3.85)) << road_side;
                     arms.insert(road_side > 2);
                     EXPECT_GT(heads.low.y, 1.45);
                     EXPECT_GT(heads.height(), 1.2);
                   });
  }
  EXPECT_EQ(arms.size(), 2U);
}

TEST(StaticThings, AreAsHighAsABinOrACabinet) {
  for_each_thing([](Model& model, RandomStream& random) { add_static_thing(model, kPlace, random); },
                 [](const auto& extents) {
                   EXPECT_EQ(labels_of(extents), std::set<int>{kStatic});
                   const Extent& thing = extents.at(kStatic);
                   EXPECT_TRUE(thing.height() > 0.75 && thing.height() < 1.5) << thing.height();
                   EXPECT_TRUE(thing.width() > 0.5 && thing.width() < 1.25) << thing.width();
                 });
}

TEST(DynamicThings, AreKneeHighWithAHandle) {
  for_each_thing([](Model& model, RandomStream& random) { add_dynamic_thing(model, kPlace, random); },
                 [](const auto& extents) {
                   EXPECT_EQ(labels_of(extents), std::set<int>{kDynamic});
                   EXPECT_NEAR(extents.at(kDynamic).height(), 0.97, kTolerance);
                   EXPECT_NEAR(extents.at(kDynamic).width(), 1.05, kTolerance);
                 });
}

}  // namespace
}  // namespace segfold::street
