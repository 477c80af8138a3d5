#include "segfold/data/street_scene/ground.h"

#include <algorithm>
#include <cmath>

#include "segfold/data/street_scene/noise.h"

namespace segfold::street {
namespace {

constexpr double kHalfWidth = 500;
constexpr double kFar = 900;
constexpr double kKerbStone = 0.2;
constexpr double kGauge = 1.45;  // between the rails

/// One point of the ground: `across` from the road's middle, `along` the street.
struct Spot {
  double across;
  double along;
  double footprint;
};

class Ground {
 public:
  Ground(const Layout& layout, const Light& light, const std::vector<Shadow>& shadows)
      : layout_(layout), light_(light), seed_(layout.seed) {
    for (const Shadow& shadow : shadows) {
      shadows_.push_back({shadow.left(), shadow.right(), shadow.near(), shadow.far(), &shadow});
    }
  }

  void look(double x, double z, double footprint, Fragment& fragment) const {
    const double across = (x - layout_.middle(z)) * std::cos(layout_.turn(z));
    const Spot spot{across, z, footprint};
    surface(spot, fragment);
    if (layout_.rails) rails(spot, fragment);
    fragment.shade = static_cast<float>(shade(x, z, across));
  }

 private:
  /// Where a shadow can be, kept apart because most points lie in none.
  struct Reach {
    double left, right, near, far;
    const Shadow* shadow;
  };

  static void set(Fragment& fragment, int label, Rgb colour) {
    fragment.label = label;
    fragment.colour = colour;
  }

  void surface(const Spot& spot, Fragment& fragment) const {
    const Side& side = layout_.side(spot.across < 0 ? -1 : 1);
    const double distance = std::abs(spot.across);
    if (layout_.in_crossing(spot.along) || distance < side.road) return road(spot, side, fragment);
    if (distance < side.kerb()) return parking(spot, distance - side.road, fragment);
    if (distance < side.kerb() + kKerbStone) {
      return set(fragment, kSidewalk, mix(layout_.pavement_colour, Rgb{0.66F, 0.66F, 0.66F}, 0.6));
    }
    if (distance < side.pavement()) return grass(spot, fragment);
    if (distance < side.pavement() + side.sidewalk) return pavement(spot, fragment);
    if (distance < side.front()) return grass(spot, fragment);
    beyond(spot, side, fragment);
  }

  Rgb asphalt(const Spot& spot) const {
    const double broad = fractal_noise(spot.across * 0.7, spot.along * 0.14, seed_ + 1, 3);
    const double grain = spot.footprint < 0.12 ? smooth_noise(spot.across * 9, spot.along * 9, seed_ + 5) : 0.5;
    double tone = layout_.surface_tone * (0.8 + 0.3 * broad + 0.14 * grain);
    // Mended places, some darker and some lighter, with straight edges.
    const auto column = static_cast<std::int64_t>(std::floor(spot.across / 2.3 + 50));
    const auto row = static_cast<std::int64_t>(std::floor(spot.along / 5.5));
    const double mended = cell_noise(column, row, seed_ + 7);
    if (mended < 0.1) tone *= 0.78 + mended;
    const double crack = std::abs(smooth_noise(spot.across * 0.6, spot.along * 0.5, seed_ + 9) - 0.5);
    if (crack < 0.012 && spot.footprint < 0.1) tone *= 0.7;
    return tone * Rgb{1.0F, 1.0F, 1.02F};
  }

  void road(const Spot& spot, const Side& side, Fragment& fragment) const {
    set(fragment, kRoad, asphalt(spot));
    const double worn = 0.55 + 0.4 * fractal_noise(spot.across * 2, spot.along * 1.5, seed_ + 15, 2);
    if (is_mark(spot, side)) fragment.colour = mix(fragment.colour, Rgb{0.93F, 0.93F, 0.9F}, worn);
  }

  bool is_mark(const Spot& spot, const Side& side) const {
    const double distance = std::abs(spot.across);
    if (layout_.crossing) {
      const double before = layout_.crossing_z0 - spot.along;
      if (before > 1 && before < 4 && distance < side.road) return std::fmod(spot.across + 50.25, 1.0) < 0.5;  // zebra
      if (before > 4.8 && before < 5.2 && spot.across > 0.1 && distance < side.road) return true;  // stop line
      if (layout_.in_crossing(spot.along, 5)) return false;
    }
    if (distance < 0.08) return std::fmod(spot.along, 6.0) < 3.0;
    return side.road > 3.6 && std::abs(distance - side.road + 0.35) < 0.07;
  }

  void parking(const Spot& spot, double depth, Fragment& fragment) const {
    set(fragment, kParking, mix(asphalt(spot), layout_.pavement_colour, 0.35));
    if (depth < 0.1 || std::fmod(spot.along, 5.6) < 0.12) fragment.colour = {0.86F, 0.86F, 0.84F};
  }

  void pavement(const Spot& spot, Fragment& fragment) const {
    constexpr double kSlab = 0.75;
    const double u = spot.across / kSlab;
    const double v = spot.along / kSlab;
    const auto column = static_cast<std::int64_t>(std::floor(u));
    const auto row = static_cast<std::int64_t>(std::floor(v));
    double tone = 0.88 + 0.18 * cell_noise(column, row, seed_ + 21) +
                  0.12 * (fractal_noise(u * 0.3, v * 0.3, seed_ + 23, 2) - 0.5);
    const double joint = 0.05 + 0.4 * spot.footprint;
    const bool on_joint = u - std::floor(u) < joint || v - std::floor(v) < joint;
    if (on_joint) tone *= std::min(1.0, 0.72 + 1.2 * spot.footprint);
    set(fragment, kSidewalk, tone * layout_.pavement_colour);
  }

  void grass(const Spot& spot, Fragment& fragment) const {
    const double broad = fractal_noise(spot.across * 0.5, spot.along * 0.35, seed_ + 31, 3);
    const double blades = spot.footprint < 0.2 ? fractal_noise(spot.across * 7, spot.along * 4, seed_ + 33, 2) : 0.5;
    const Rgb soil{0.5F, 0.42F, 0.31F};
    const double bare = std::clamp((broad - 0.6) * 4, 0.0, 0.7);
    set(fragment, kTerrain, (0.66 + 0.36 * broad + 0.4 * blades) * mix(layout_.grass_colour, soil, bare));
  }

  /// Behind the frontage: gardens and fields, or the paved ground around buildings.
  void beyond(const Spot& spot, const Side& side, Fragment& fragment) const {
    for (const Stretch& stretch : side.stretches) {
      if (spot.along < stretch.z0 || spot.along >= stretch.z1) continue;
      return stretch.kind == Frontage::kBuilding ? pavement(spot, fragment) : grass(spot, fragment);
    }
    if (layout_.style == Style::kCanyon || layout_.style == Style::kIndustry) return pavement(spot, fragment);
    grass(spot, fragment);
  }

  void rails(const Spot& spot, Fragment& fragment) const {
    const double from_track = std::abs(spot.across - layout_.rails_at);
    if (layout_.in_crossing(spot.along) || from_track > 1.7) return;
    if (!layout_.rails_in_road) {
      const double stone = spot.footprint < 0.2 ? fractal_noise(spot.across * 6, spot.along * 6, seed_ + 41, 2) : 0.5;
      const bool sleeper = std::fmod(spot.along, 0.7) < 0.25 && from_track < 1.25;
      set(fragment, kRailTrack, (0.75 + 0.5 * stone) * (sleeper ? Rgb{0.36F, 0.31F, 0.27F} : Rgb{0.49F, 0.45F, 0.41F}));
    }
    const double from_rail = std::abs(from_track - kGauge / 2);
    if (from_rail < 0.05) fragment.colour = {0.62F, 0.62F, 0.64F};
    if (layout_.rails_in_road && from_rail >= 0.05 && from_rail < 0.12) fragment.colour = 0.6 * fragment.colour;
  }

  double shade(double x, double z, double across) const {
    const double darkness = houses_shadow(z, across);
    double light = 1 - darkness;
    for (const Reach& reach : shadows_) {
      if (x < reach.left || x > reach.right || z < reach.near || z > reach.far) continue;
      light = std::min(light, (1 - reach.shadow->at(x, z)) * (1 - 0.5 * darkness));
    }
    return light;
  }

  /// Whether the way to the sun is blocked by what borders the street.
  double houses_shadow(double along, double across) const {
    const Vec3 sun = light_.sun;
    if (std::abs(sun.x) < 0.02) return 0;
    const Side& side = layout_.side(sun.x < 0 ? -1 : 1);
    const double distance = side.front() - (sun.x < 0 ? -across : across);
    if (distance < 0) return 0;
    const double way = distance / std::abs(sun.x);
    const double z = along + way * sun.z;
    for (const Stretch& stretch : side.stretches) {
      if (z < stretch.z0 || z >= stretch.z1) continue;
      return way * sun.y < stretch.height ? light_.shadow_strength() * 0.8 : 0.0;
    }
    return 0;
  }

  const Layout& layout_;
  const Light& light_;
  std::vector<Reach> shadows_;
  std::uint32_t seed_;
};

}  // namespace

Patch ground_patch(const Layout& layout, const Light& light, const std::vector<Shadow>& shadows) {
  return {
      .origin = {-kHalfWidth, 0, 0},
      .u_axis = {1, 0, 0},
      .v_axis = {0, 0, 1},
      .u_size = 2 * kHalfWidth,
      .v_size = kFar,
      .label = kRoad,
      .instance = 0,
      .shader = [ground = Ground(layout, light, shadows)](double u, double v, double footprint, Fragment& fragment) {
        ground.look(u - kHalfWidth, v, footprint, fragment);
        return true;
      }};
}

}  // namespace segfold::street
