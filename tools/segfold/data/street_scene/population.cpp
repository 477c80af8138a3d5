#include "segfold/data/street_scene/population.h"

#include <algorithm>
#include <numbers>

#include "segfold/data/street_scene/draw.h"
#include "segfold/data/street_scene/furniture.h"
#include "segfold/data/street_scene/people.h"
#include "segfold/data/street_scene/plants.h"
#include "segfold/data/street_scene/plots.h"
#include "segfold/data/street_scene/traffic.h"

namespace segfold::street {
namespace {

class Population {
 public:
  Population(Model& model, const Layout& layout, const Light& light, const Cast& cast, Plots& plots,
             RandomStream& random)
      : model_(model), layout_(layout), light_(light), cast_(cast), plots_(plots), random_(random) {}

  void add_all() {
    two_wheelers();
    people();
    furniture();
    trees();
    odds_and_ends();
  }

 private:
  double draw_yaw_to_show() {  // mostly from the side
    if (random_.chance(0.35)) {
      const double along = random_.uniform(-0.3, 0.3);
      return along + (random_.chance(0.5) ? 0.0 : std::numbers::pi);
    }
    const double side = kQuarterTurn + random_.uniform(-0.5, 0.5);
    return draw_sign(random_) * side;
  }

  void two_wheelers() {
    if (cast_[kRiderClass]) {
      const std::uint64_t riders = 2 + random_.below(3);
      for (std::uint64_t i = 0; i < riders; ++i) {
        const int mount = i % 2 == 0 ? (cast_[kBicycleClass] ? kBicycle : kMotorcycle)
                                     : (cast_[kMotorcycleClass] ? kMotorcycle : kBicycle);
        const int sign = draw_sign(random_);
        const double lane = sign * (layout_.side(sign).road - random_.uniform(0.6, 2.0));
        const auto plot = plots_.find(lane, i < 2 ? 6 : 14, 1.6, 1.0, random_);
        if (!plot) continue;
        Pose pose = layout_.place(plot->z, plot->across);
        pose.yaw += draw_yaw_to_show();
        add_rider(model_, pose, mount, random_);
      }
    }
    if (cast_[kBicycleClass]) parked(add_bicycle, 2 + random_.below(4));
    if (cast_[kMotorcycleClass]) parked(add_motorcycle, 1 + random_.below(3));
  }

  /// A group of two-wheelers beside each other at a kerb.
  void parked(void (*add)(Model&, const Pose&, RandomStream&), std::uint64_t count) {
    const int sign = draw_sign(random_);
    const Side& side = layout_.side(sign);
    const bool on_road = side.parking > 0 && random_.chance(0.5);
    const double across = sign * (on_road ? side.kerb() - 0.9 : side.pavement() + random_.uniform(0.8, 1.2));
    const double turn = kQuarterTurn + random_.uniform(-0.4, 0.4);
    const double yaw = draw_sign(random_) * turn;
    double z = plots_.first_visible(across) + random_.uniform(0, 5);
    for (std::uint64_t i = 0; i < count; ++i, z += random_.uniform(1.0, 1.8)) {
      if (!plots_.claim(z, across, 0.9, 1.5)) continue;
      Pose pose = layout_.place(z, across + random_.uniform(-0.2, 0.2));
      pose.yaw += yaw;
      add(model_, pose, random_);
    }
  }

  void people() {
    if (!cast_[kPersonClass]) return;
    const std::uint64_t count = 5 + random_.below(6);
    for (std::uint64_t i = 0; i < count; ++i) {
      const int sign = draw_sign(random_);
      const Side& side = layout_.side(sign);
      const bool on_road = random_.chance(0.22);
      const double across = on_road
                                ? random_.uniform(-side.road, side.road)
                                : sign * (side.pavement() + random_.uniform(0.4, std::max(0.5, side.sidewalk - 0.3)));
      const auto plot = plots_.find(across, i < 4 ? 6.0 : 25.0, 0.8, 0.7, random_);
      if (plot) add_person(model_, layout_.place(plot->z, plot->across), random_);
    }
  }

  void furniture() {
    for (const int sign : {-1, 1}) {
      const Side& side = layout_.side(sign);
      const double across = sign * (side.kerb() + 0.45);
      if (random_.chance(0.8)) {
        for (double z = plots_.first_visible(across) + random_.uniform(0, 6); z < 90; z += random_.uniform(14, 24)) {
          if (!layout_.in_crossing(z)) add_lamp_post(model_, layout_.place(z, across), -sign, random_);
        }
      }
      if (cast_[kSignClass]) signs(sign, across);
      if (cast_[kLightClass]) lights(sign, across);
    }
  }

  void signs(int sign, double across) {
    double z = plots_.first_visible(across) + random_.uniform(0, 4);
    const std::uint64_t count = 1 + random_.below(3);
    for (std::uint64_t i = 0; i < count; ++i, z += random_.uniform(4, 12)) {
      const double place = across + sign * random_.uniform(-0.1, 0.5);
      if (random_.chance(0.22)) {
        add_sign_board(model_, layout_.place(z + 5, across + sign * 1.5), random_);
      } else {
        add_sign_post(model_, layout_.place(z, place), random_);
      }
    }
  }

  void lights(int sign, double across) {
    const bool at_crossing = layout_.crossing && layout_.crossing_z0 < 26;
    const double near = plots_.first_visible(across) + random_.uniform(0.5, 6);
    add_traffic_light(model_, layout_.place(at_crossing ? layout_.crossing_z0 - 1 : near, across), -sign, random_);
    if (layout_.crossing)
      add_traffic_light(model_, layout_.place(layout_.crossing_z1 + 1, across), -sign, random_);
    else if (random_.chance(0.5))
      add_traffic_light(model_, layout_.place(near + random_.uniform(8, 20), across), -sign, random_);
  }

  void trees() {
    const double shares[] = {0.35, 0.7, 0.95, 0.35, 0.85};  // by style
    for (const int sign : {-1, 1}) {
      const Side& side = layout_.side(sign);
      if (random_.chance(shares[static_cast<int>(layout_.style)])) {
        const bool on_verge = side.verge > 1 && (!layout_.rails || layout_.rails_in_road || sign > 0);
        const double across = sign * (on_verge ? side.kerb() + side.verge / 2 : side.pavement() + side.sidewalk - 0.4);
        for (double z = plots_.first_visible(across) + random_.uniform(1, 8); z < 110; z += random_.uniform(8, 15)) {
          if (layout_.in_crossing(z)) continue;
          add_tree(model_, layout_.place(z, across), random_.uniform(4.5, 8.5), light_, random_);
        }
      }
      behind(sign);
    }
  }

  /// Trees and bushes behind what is low or open.
  void behind(int sign) {
    const double front = layout_.side(sign).front();
    for (const Stretch& stretch : layout_.side(sign).stretches) {
      if (stretch.kind == Frontage::kBuilding) continue;
      const double share = stretch.kind == Frontage::kOpen ? 0.65 : 0.45;
      for (double z = stretch.z0 + 2; z < stretch.z1; z += random_.uniform(3, 7)) {
        if (!random_.chance(share)) continue;
        const double across = sign * (front + random_.uniform(1.8, 6));
        const double height = random_.uniform(1.2, 2.2);
        if (stretch.kind == Frontage::kOpen && random_.chance(0.35))
          add_bush(model_, layout_.place(z, across), height, light_, random_);
        else
          add_tree(model_, layout_.place(z, across), random_.uniform(5, 10), light_, random_);
      }
    }
  }

  /// A little of what is not scored.
  void odds_and_ends() {
    const std::uint64_t count = random_.below(3);
    for (std::uint64_t i = 0; i < count; ++i) odd_thing(add_static_thing, 0.5);
    if (random_.chance(0.35)) odd_thing(add_dynamic_thing, 1.0);
  }

  void odd_thing(void (*add)(Model&, const Pose&, RandomStream&), double from_kerb) {
    const int sign = draw_sign(random_);
    const auto plot = plots_.find(sign * (layout_.side(sign).pavement() + from_kerb), 20, 1.2, 1.0, random_);
    if (plot) add(model_, layout_.place(plot->z, plot->across), random_);
  }

  Model& model_;
  const Layout& layout_;
  const Light& light_;
  const Cast& cast_;
  Plots& plots_;
  RandomStream& random_;
};

}  // namespace

void populate(Model& model, const Camera& camera, const Layout& layout, const Light& light, const Cast& cast,
              RandomStream& random) {
  Plots plots(layout);
  add_traffic(model, camera, layout, cast, plots, random);
  Population(model, layout, light, cast, plots, random).add_all();
}

}  // namespace segfold::street
