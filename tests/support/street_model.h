#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>

#include "segfold/data/street_scene/layout.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::testing {

/// Looks straight along the street from 1 m above it: pictures of 40 × 80 pixels, the horizon in their middle.
inline constexpr Size kStreetPicture{40, 80};
inline const street::Camera& straight_camera() {
  static const street::Camera camera{.focal_px = 40, .centre_x = 40, .centre_y = 20, .height_m = 1};
  return camera;
}

/// Everything is as bright as it is painted: no haze, noise or vignette.
inline street::Light flat_light() {
  street::Light light;
  light.ambient = {1, 1, 1};
  light.visibility_m = 1e9;
  light.noise = 0;
  light.vignette = 0;
  return light;
}

/// A straight street along z whose road is 8 m wide, with pavements of 2 m and nothing beyond them.
inline street::Layout straight_street() {
  street::Layout layout;
  layout.left = {.road = 4, .stretches = {}};
  layout.right = {.road = 4, .stretches = {}};
  return layout;
}

/// Pixels of a label in a map of ids.
inline std::int64_t count(const Image& ids, int label) {
  return std::ranges::count(ids.pixels, static_cast<std::uint8_t>(label));
}

/// The model as straight_camera() sees it.
inline street::Canvas painted(const street::Model& model) {
  street::Canvas canvas(kStreetPicture, 2, straight_camera(), flat_light());
  for (const street::Patch* patch : model.from_far_to_near(straight_camera())) canvas.paint(*patch);
  return canvas;
}

/// The box in space, in metres, around all that bears a label.
struct Extent {
  street::Vec3 low{kInfinity, kInfinity, kInfinity};
  street::Vec3 high{-kInfinity, -kInfinity, -kInfinity};

  void include(street::Vec3 point) {
    low = {std::min(low.x, point.x), std::min(low.y, point.y), std::min(low.z, point.z)};
    high = {std::max(high.x, point.x), std::max(high.y, point.y), std::max(high.z, point.z)};
  }
  double width() const { return high.x - low.x; }
  double height() const { return high.y - low.y; }
  double depth() const { return high.z - low.z; }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
};

/// Where the labels of one patch are, from a grid of `samples` × `samples` points on it.
inline std::map<int, Extent> extents_of(const street::Patch& patch, int samples) {
  std::map<int, Extent> extents;
  for (int row = 0; row < samples; ++row) {
    for (int column = 0; column < samples; ++column) {
      const double u = patch.u_size * (column + 0.5) / samples;
      const double v = patch.v_size * (row + 0.5) / samples;
      street::Fragment fragment;
      if (!patch.shader(u, v, 0.01, fragment)) continue;
      const int label = fragment.label >= 0 ? fragment.label : patch.label;
      extents[label].include(patch.origin + u * patch.u_axis + v * patch.v_axis);
    }
  }
  return extents;
}

/// Where the labels of a model are; each is known to a `samples`-th of the patch that bears it.
inline std::map<int, Extent> extents_of(const street::Model& model, int samples = 200) {
  std::map<int, Extent> all;
  for (const street::Patch* patch : model.from_far_to_near(straight_camera())) {
    for (const auto& [label, extent] : extents_of(*patch, samples)) {
      all[label].include(extent.low);
      all[label].include(extent.high);
    }
  }
  return all;
}

/// The darkest shadow of a model at a place on the ground.
inline double darkness(const street::Model& model, double x, double z) {
  double most = 0;
  for (const street::Shadow& shadow : model.shadows()) most = std::max(most, shadow.at(x, z));
  return most;
}

}  // namespace segfold::testing
