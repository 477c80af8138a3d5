#include "segfold/data/street_scene/frontage.h"

#include <algorithm>
#include <cmath>

#include "segfold/data/street_scene/facade.h"
#include "segfold/data/street_scene/noise.h"
#include "segfold/data/street_scene/plants.h"

namespace segfold::street {
namespace {

constexpr double kSkylineDistance = 260;
constexpr double kSkylineHalfWidth = 360;

/// A vertical wall over the ground from `from` to `to`, which are left and right as seen from the street.
Patch upright(Vec3 from, Vec3 to, double height, int label, Shader shader) {
  const Vec3 along = to - from;
  return {.origin = from,
          .u_axis = unit(along),
          .v_axis = {0, 1, 0},
          .u_size = length(along),
          .v_size = height,
          .label = label,
          .instance = 0,
          .shader = std::move(shader)};
}

class Frontages {
 public:
  Frontages(Model& model, const Layout& layout, RandomStream& random)
      : model_(model), layout_(layout), random_(random) {}

  void add(int sign) {
    const Side& side = layout_.side(sign);
    for (const Stretch& stretch : side.stretches) {
      const double across = sign * side.front();
      switch (stretch.kind) {
        case Frontage::kBuilding:
          building(stretch, across, stretch.height);
          continue;
        case Frontage::kWall:
          line(stretch, across, kWall, wall_shader(stretch.height, random_));
          break;
        case Frontage::kFence:
          line(stretch, across, kFence, fence_shader(stretch.height, random_));
          break;
        case Frontage::kHedge: {
          const Rgb colour = draw_leaf_colour(random_);
          line(stretch, across, kVegetation, hedge_shader(stretch.height, colour, random_.next()));
          break;
        }
        case Frontage::kOpen:
          break;
      }
      const bool town = layout_.style == Style::kCanyon || layout_.style == Style::kIndustry;
      if (random_.chance(town ? 0.75 : layout_.style == Style::kSuburb ? 0.6 : 0.2)) {
        const double setback = random_.uniform(5, 12);
        building(stretch, across + sign * setback, random_.uniform(6, town ? 16 : 9));
      }
    }
  }

  void skyline() {
    const std::uint32_t seed = random_.next();
    const Rgb stone = draw_facade_colour(random_);
    const Rgb leaves = draw_leaf_colour(random_);
    const double town = layout_.style == Style::kCanyon ? 0.75 : layout_.style == Style::kCountry ? 0.15 : 0.45;
    model_.add({.origin = {-kSkylineHalfWidth, 0, kSkylineDistance},
                .u_axis = {1, 0, 0},
                .v_axis = {0, 1, 0},
                .u_size = 2 * kSkylineHalfWidth,
                .v_size = 45,
                .label = kBuilding,
                .instance = 0,
                .shader = [=](double u, double v, double, Fragment& fragment) {
                  const auto block = static_cast<std::int64_t>(std::floor(u / 17));
                  const double house = cell_noise(block, 1, seed) < town ? 9 + 20 * cell_noise(block, 2, seed) : 0;
                  const double wood =
                      6 + 13 * fractal_noise(u * 0.06, 0, seed + 3, 4) + 2 * smooth_noise(u * 0.7, v * 0.7, seed + 5);
                  if (v > std::max(house, wood)) return false;
                  const bool is_wood = v <= wood && cell_noise(block, 4, seed) > town * 0.8;
                  fragment.label = is_wood || v > house ? kVegetation : kBuilding;
                  const double tone = 0.7 + 0.4 * cell_noise(block, 3, seed);
                  const double windows = std::fmod(u, 3.4) < 1.5 && std::fmod(v, 3.2) < 1.7 ? 0.65 : 1.0;
                  fragment.colour = fragment.label == kBuilding
                                        ? tone * windows * stone
                                        : (0.5 + 0.7 * fractal_noise(u * 0.4, v * 0.4, seed + 7, 2)) * leaves;
                  return true;
                }});
  }

 private:
  Vec3 at(double z, double across) const {
    const Pose pose = layout_.place(z, across);
    return {pose.x, 0, pose.z};
  }

  /// Something low along the street.
  void line(const Stretch& stretch, double across, int label, Shader shader) {
    const Vec3 near = at(stretch.z0, across);
    const Vec3 far = at(stretch.z1, across);
    model_.add(across < 0 ? upright(near, far, stretch.height, label, std::move(shader))
                          : upright(far, near, stretch.height, label, std::move(shader)));
    // Its foot is darker ground.
    model_.add_contact(near, far, 0.5);
  }

  void building(const Stretch& stretch, double across, double height) {
    const Facade facade = draw_facade(height, layout_.style, random_);
    const Vec3 near = at(stretch.z0, across);
    const Vec3 far = at(stretch.z1, across);
    const Vec3 left = across < 0 ? near : far;
    const Vec3 right = across < 0 ? far : near;
    model_.add(
        upright(left, right, height, kBuilding, [facade](double u, double v, double footprint, Fragment& fragment) {
          return facade.front(u, v, footprint, fragment);
        }));
    const double depth = random_.uniform(7, 12);
    const Vec3 outward = unit(cross(right - left, Vec3{0, 1, 0}));                      // away from the street
    const double rise = random_.chance(0.5) ? random_.uniform(0.2, 0.4) * depth : 0.0;  // of a pitched roof
    gable(near, depth, across, outward, height, rise, facade);
    if (rise > 0) roof(left, right, outward, height, depth, rise, facade);
  }

  /// The side of a building that looks towards the camera.
  void gable(Vec3 near, double depth, double across, Vec3 outward, double height, double rise, const Facade& facade) {
    const Vec3 back = near + depth * outward;
    Shader shader = facade.gable_shader(depth, rise);
    model_.add(across < 0 ? upright(back, near, height + rise, kBuilding, std::move(shader))
                          : upright(near, back, height + rise, kBuilding, std::move(shader)));
  }

  /// The half of a pitched roof that slopes towards the street.
  void roof(Vec3 left, Vec3 right, Vec3 outward, double height, double depth, double rise, const Facade& facade) {
    Patch patch = upright(left, right, 1, kBuilding, facade.roof_shader());
    const Vec3 slope = Vec3{0, rise, 0} + (depth / 2) * outward;
    patch.origin = patch.origin + Vec3{0, height, 0};
    patch.v_axis = unit(slope);
    patch.v_size = length(slope);
    model_.add(std::move(patch));
  }

  Model& model_;
  const Layout& layout_;
  RandomStream& random_;
};

}  // namespace

void add_frontages(Model& model, const Layout& layout, RandomStream& random) {
  Frontages frontages(model, layout, random);
  frontages.add(-1);
  frontages.add(1);
  frontages.skyline();
}

}  // namespace segfold::street
