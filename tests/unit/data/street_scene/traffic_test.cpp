#include "segfold/data/street_scene/traffic.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::Extent;
using testing::flat_light;
using testing::straight_camera;
using testing::straight_street;

struct Vehicle {
  int label = 0;
  Extent extent;
};

/// The vehicles of a model, in the order of their instance numbers. All are boxes: corners say where they are.
std::vector<Vehicle> vehicles_of(const Model& model) {
  std::map<int, Vehicle> by_instance;
  for (const Patch* patch : model.from_far_to_near(straight_camera())) {
    Vehicle& vehicle = by_instance[patch->instance];
    vehicle.label = patch->label;
    vehicle.extent.include(patch->origin);
    vehicle.extent.include(patch->origin + patch->u_size * patch->u_axis + patch->v_size * patch->v_axis);
  }
  std::vector<Vehicle> vehicles;
  for (const auto& [instance, vehicle] : by_instance) vehicles.push_back(vehicle);
  return vehicles;
}

std::int64_t count(const std::vector<Vehicle>& vehicles, int label) {
  return std::ranges::count_if(vehicles, [=](const Vehicle& v) { return v.label == label; });
}

using Look = std::function<void(const std::vector<Vehicle>&, Plots&)>;

/// Looks at the traffic of one street on 20 occasions.
void for_each_traffic(const Layout& street, const Cast& cast, const Look& look) {
  for (std::uint64_t key = 0; key < 20; ++key) {
    Model model(flat_light());
    Plots plots(street);
    RandomStream random(key);
    add_traffic(model, straight_camera(), street, cast, plots, random);
    look(vehicles_of(model), plots);
  }
}

Layout street_with_bays() {
  Layout street = straight_street();
  street.right.parking = 2.2;
  return street;
}

TEST(Traffic, HasCarsAndWhatTheCastNames) {
  Cast cast;
  for_each_traffic(straight_street(), cast, [](const auto& vehicles, Plots&) {
    EXPECT_GE(count(vehicles, kCar), 1);
    EXPECT_EQ(count(vehicles, kCar), static_cast<std::int64_t>(vehicles.size()));
  });
  cast.set(kTruckClass).set(kBusClass);
  for_each_traffic(straight_street(), cast, [](const auto& vehicles, Plots&) {
    EXPECT_EQ(count(vehicles, kTruck), 1);
    EXPECT_EQ(count(vehicles, kBus), 1);
  });
}

TEST(Traffic, ATramStandsOnItsRails) {
  Layout street = straight_street();
  street.rails = true;
  street.rails_at = -2;
  for_each_traffic(street, Cast().set(kTrainClass), [](const auto& vehicles, Plots&) {
    ASSERT_EQ(count(vehicles, kTrain), 1);
    for (const auto& [label, extent] : vehicles) {
      if (label != kTrain) continue;
      EXPECT_NEAR((extent.low.x + extent.high.x) / 2, -2, 0.01);
    }
  });
}

TEST(Traffic, KeepsToTheRoadAndItsBays) {
  int in_bays = 0;
  for_each_traffic(street_with_bays(), {}, [&](const auto& vehicles, Plots&) {
    for (const auto& [label, extent] : vehicles) {
      EXPECT_GT(extent.low.x, -4 - 0.35);  // half on the road's edge where there are no bays
      EXPECT_LT(extent.high.x, 4 + 2.2);
      in_bays += extent.low.x > 3.9;
    }
  });
  EXPECT_GT(in_bays, 20 * 5);
}

TEST(Traffic, LeavesACrossingFreeOfParkedCars) {
  Layout street = street_with_bays();
  street.crossing = true;
  street.crossing_z0 = 20;
  street.crossing_z1 = 30;
  for_each_traffic(street, {}, [&](const auto& vehicles, Plots&) {
    for (const auto& [label, extent] : vehicles) {
      if (extent.low.x < 3.9) continue;
      EXPECT_FALSE(extent.width() < 2.1 && extent.high.z > 20 && extent.low.z < 30) << extent.low.z;
    }
  });
}

TEST(Traffic, NoVehicleStandsInAnother) {
  constexpr double kTouch = 0.25;  // metres: some are a little larger than the ground they claim
  for_each_traffic(street_with_bays(), Cast().set(kTruckClass).set(kBusClass), [](const auto& vehicles, Plots&) {
    for (std::size_t a = 0; a < vehicles.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        const Vec3 low_a = vehicles[a].extent.low, high_a = vehicles[a].extent.high;
        const Vec3 low_b = vehicles[b].extent.low, high_b = vehicles[b].extent.high;
        EXPECT_FALSE(std::min(high_a.x, high_b.x) - std::max(low_a.x, low_b.x) > kTouch &&
                     std::min(high_a.z, high_b.z) - std::max(low_a.z, low_b.z) > kTouch);
      }
    }
  });
}

TEST(Traffic, TakesTheGroundItStandsOn) {
  for_each_traffic(street_with_bays(), Cast().set(kTruckClass).set(kBusClass), [](const auto& vehicles, Plots& plots) {
    for (const auto& [label, extent] : vehicles) {
      const double z = (extent.low.z + extent.high.z) / 2;
      EXPECT_FALSE(plots.claim(z, (extent.low.x + extent.high.x) / 2, 0.1, 0.1));
    }
  });
}

TEST(Traffic, IsTheSameForTheSameRandomNumbers) {
  const auto drawn = [](std::uint64_t key) {
    const Layout street = straight_street();
    Model model(flat_light());
    Plots plots(street);
    RandomStream random(key);
    add_traffic(model, straight_camera(), street, {}, plots, random);
    return testing::painted(model).photo();
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
}

}  // namespace
}  // namespace segfold::street
