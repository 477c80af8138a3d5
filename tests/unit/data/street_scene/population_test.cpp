#include "segfold/data/street_scene/population.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::Extent;
using testing::extents_of;
using testing::flat_light;
using testing::straight_camera;
using testing::straight_street;

constexpr int kOccasions = 10;

Model populated(const Layout& street, const Cast& cast, std::uint64_t key) {
  Model model(flat_light());
  RandomStream random(key);
  populate(model, straight_camera(), street, flat_light(), cast, random);
  return model;
}

/// Looks at a street on several occasions.
void for_each_population(const Layout& street, const Cast& cast, const std::function<void(const Model&)>& look) {
  for (std::uint64_t key = 0; key < kOccasions; ++key) look(populated(street, cast, key));
}

/// Labels that a street shows on any of the occasions.
std::set<int> labels_with(const Cast& cast) {
  std::set<int> labels;
  for_each_population(straight_street(), cast, [&](const Model& model) {
    for (const auto& [label, extent] : extents_of(model, 30)) labels.insert(label);
  });
  return labels;
}

TEST(Population, ShowsTheRareClassesThatTheCastNamesAndNoOthers) {
  const std::map<int, int> raw_id_of_class{{6, kTrafficLight}, {7, kTrafficSign}, {11, kPerson}, {14, kTruck},
                                           {15, kBus},         {17, kMotorcycle}, {18, kBicycle}};
  const auto rare = [](std::set<int> labels) {
    for (const int common : {int{kCar}, int{kCaravan}, int{kPole}, int{kVegetation}, int{kStatic}, int{kDynamic}})
      labels.erase(common);
    return labels;
  };
  EXPECT_EQ(rare(labels_with({})), std::set<int>());
  for (const auto& [train_id, raw_id] : raw_id_of_class) {
    EXPECT_EQ(rare(labels_with(Cast().set(static_cast<std::size_t>(train_id)))), std::set<int>{raw_id}) << train_id;
  }
  EXPECT_EQ(rare(labels_with(Cast().set(kRiderClass))), (std::set<int>{kRider, kMotorcycle, kBicycle}));
}

TEST(Population, HasPolesTreesAndOddThingsUnasked) {
  const auto labels = labels_with({});
  for (const int label : {int{kCar}, int{kPole}, int{kVegetation}, int{kStatic}, int{kDynamic}})
    EXPECT_TRUE(labels.contains(label)) << label;
}

TEST(Population, PeopleWalkOnRoadAndPavementWithinSight) {
  int on_pavement = 0;
  int all = 0;
  for_each_population(straight_street(), Cast().set(kPersonClass), [&](const Model& model) {
    for (const Patch* patch : model.from_far_to_near(straight_camera())) {
      if (patch->label != kPerson) continue;
      const Vec3 place = patch->centre();
      EXPECT_LE(std::abs(place.x), 4 + 2 + 0.4);
      EXPECT_GE(place.z, 7);
      ++all;
      on_pavement += std::abs(place.x) > 4;
    }
  });
  EXPECT_GE(all, 3 * kOccasions);
  EXPECT_TRUE(on_pavement > all / 2 && on_pavement < all) << on_pavement << " of " << all;
}

TEST(Population, TrafficLightsStandBeforeAndBehindACrossing) {
  Layout street = straight_street();
  street.crossing = true;
  street.crossing_z0 = 20;
  street.crossing_z1 = 30;
  for_each_population(street, Cast().set(kLightClass), [](const Model& model) {
    const Extent lights = extents_of(model, 50).at(kTrafficLight);
    EXPECT_NEAR(lights.low.z, 19, 1e-9);
    EXPECT_NEAR(lights.high.z, 31, 1e-9);
  });
}

TEST(Population, LampsStandAtTheKerbsTurnedToTheRoad) {
  for_each_population(straight_street(), {}, [](const Model& model) {
    for (const Patch* patch : model.from_far_to_near(straight_camera())) {
      if (patch->label != kPole) continue;
      EXPECT_NEAR(std::abs(patch->centre().x), 4.45, 1e-9);
      const Extent lamp = extents_of(*patch, 100).at(kPole);
      EXPECT_GT(4.45 - std::min(std::abs(lamp.low.x), std::abs(lamp.high.x)), 1);
    }
  });
}

TEST(Population, TreesGrowBehindWhatIsLowButNotInHouses) {
  const auto trees_behind = [](Frontage kind) {
    Layout street = straight_street();
    street.left.stretches = street.right.stretches = {{10, 60, kind, 2}};
    int trees = 0;
    for_each_population(street, {}, [&](const Model& model) {
      for (const Patch* patch : model.from_far_to_near(straight_camera()))
        trees += patch->label == kVegetation && std::abs(patch->centre().x) > 7.5;
    });
    return trees;
  };
  EXPECT_EQ(trees_behind(Frontage::kBuilding), 0);
  EXPECT_GT(trees_behind(Frontage::kFence), 5 * kOccasions);
  EXPECT_GT(trees_behind(Frontage::kOpen), trees_behind(Frontage::kFence));
}

TEST(Population, IsTheSameForTheSameRandomNumbers) {
  Cast everything;
  everything.set();
  const Layout street = straight_street();
  const Image picture = testing::painted(populated(street, everything, 1)).photo();
  EXPECT_EQ(testing::painted(populated(street, everything, 1)).photo(), picture);
  EXPECT_NE(testing::painted(populated(street, everything, 2)).photo(), picture);
}

}  // namespace
}  // namespace segfold::street
