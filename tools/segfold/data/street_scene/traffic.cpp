#include "segfold/data/street_scene/traffic.h"

#include "segfold/data/street_scene/draw.h"
#include "segfold/data/street_scene/vehicles.h"

namespace segfold::street {
namespace {

class Traffic {
 public:
  Traffic(Model& model, const Camera& camera, const Layout& layout, const Cast& cast, Plots& plots,
          RandomStream& random)
      : model_(model), camera_(camera), layout_(layout), cast_(cast), plots_(plots), random_(random) {}

  void large_vehicles() {
    struct Kind {
      int train_id;
      double length;
      void (*add)(Model&, const Camera&, const Pose&, RandomStream&);
    };
    if (cast_[kTrainClass] || (layout_.rails && random_.chance(0.5))) tram();
    std::vector<Kind> kinds;
    if (cast_[kTruckClass]) kinds.push_back({kTruckClass, 10, add_truck});
    if (cast_[kBusClass]) kinds.push_back({kBusClass, 12, add_bus});
    shuffle(kinds, random_);
    std::vector<int> slots{0, 1, 2};
    if (layout_.crossing) slots.push_back(3);
    shuffle(slots, random_);
    std::size_t next = 0;
    for (const Kind& kind : kinds) {
      while (next < slots.size()) {
        Pose pose;
        if (!slot(slots[next++], kind.length, pose)) continue;
        kind.add(model_, camera_, pose, random_);
        break;
      }
    }
  }

  void cars() {
    for (const int sign : {-1, 1}) {
      const Side& side = layout_.side(sign);
      if (side.parking > 0) parked_row(sign, side.road + side.parking / 2);
      const double share = random_.uniform(0.35, 0.75);
      for (double z = sign < 0 ? 9.5 : 12; z < 80; z += random_.uniform(9, 16)) {
        if (!random_.chance(share) || layout_.in_crossing(z, 2)) continue;
        car(z, sign * (side.road / 2 + random_.uniform(-0.2, 0.2)), sign < 0);
      }
      // At a kerb without bays some stand on the road's edge.
      if (side.parking == 0 && random_.chance(0.6))
        car(plots_.first_visible(sign * side.road) + random_.uniform(2, 8), sign * (side.road - 0.7), sign < 0);
    }
    if (layout_.crossing && random_.chance(0.6)) {
      const double z = layout_.crossing_z0 + random_.uniform(2, 5);
      const double across = random_.uniform(-8, 8);
      if (plots_.claim(z, across, 2.2, 5)) {
        Pose pose = layout_.place(z, across);
        pose.yaw += draw_sign(random_) * kQuarterTurn;
        add_car(model_, camera_, pose, random_);
      }
    }
  }

 private:
  /// Where a large vehicle may stand: oncoming, ahead, at the right kerb, or crossing. @return false if it is taken
  bool slot(int number, double length, Pose& pose) {
    const double half = length / 2;
    double z = 0;
    double across = 0;
    switch (number) {
      case 0:
        z = half + random_.uniform(8, 17);
        across = -layout_.left.road / 2 - 0.2;
        pose = layout_.place(z, across, true);
        break;
      case 1:
        z = half + random_.uniform(11, 22);
        across = layout_.right.road / 2 + 0.3;
        pose = layout_.place(z, across);
        break;
      case 2:
        across = layout_.right.kerb() - 1.0;
        z = half + plots_.first_visible(across) + random_.uniform(1, 7);
        pose = layout_.place(z, across);
        break;
      default:
        z = (layout_.crossing_z0 + layout_.crossing_z1) / 2;
        across = random_.uniform(-7, 7);
        pose = layout_.place(z, across);
        pose.yaw += draw_sign(random_) * kQuarterTurn;
        return plots_.claim(z, across, 4, length);
    }
    return plots_.claim(z, across, length + 1, 2.7);
  }

  void tram() {
    const double half = 13;
    const double z = half + plots_.first_visible(layout_.rails_at) + random_.uniform(0, 9);
    plots_.claim(z, layout_.rails_at, 2 * half, 3);
    add_train(model_, camera_, layout_.place(z, layout_.rails_at, random_.chance(0.6)), random_);
  }

  void parked_row(int sign, double distance) {
    const double share = random_.uniform(0.5, 0.95);
    const double across = sign * distance;
    for (double z = plots_.first_visible(across) + random_.uniform(0, 3); z < 90; z += 5.7) {
      if (!random_.chance(share) || layout_.in_crossing(z, 4)) continue;
      if (random_.chance(0.03) && plots_.claim(z, across, 5, 2.2)) {
        add_caravan(model_, camera_, layout_.place(z, across, sign < 0), random_);
        continue;
      }
      car(z, across, sign < 0 ? random_.chance(0.85) : random_.chance(0.1));
    }
  }

  void car(double z, double across, bool oncoming) {
    if (plots_.claim(z, across, 5, 1.8)) add_car(model_, camera_, layout_.place(z, across, oncoming), random_);
  }

  Model& model_;
  const Camera& camera_;
  const Layout& layout_;
  const Cast& cast_;
  Plots& plots_;
  RandomStream& random_;
};

}  // namespace

void add_traffic(Model& model, const Camera& camera, const Layout& layout, const Cast& cast, Plots& plots,
                 RandomStream& random) {
  Traffic traffic(model, camera, layout, cast, plots, random);
  traffic.large_vehicles();
  traffic.cars();
}

}  // namespace segfold::street
