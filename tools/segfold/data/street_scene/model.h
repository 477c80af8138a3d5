#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "segfold/data/street_scene/canvas.h"
#include "segfold/data/street_scene/figure.h"
#include "segfold/data/street_scene/ids.h"

namespace segfold::street {

/// A dark patch on the ground around the line from (x0, z0) to (x1, z1).
struct Shadow {
  double x0, z0, x1, z1;
  double radius_m;
  double strength;  ///< 0–1 at its heart

  /// Darkness at a point, 0 outside the reach.
  double at(double x, double z) const;
  double left() const { return std::min(x0, x1) - radius_m; }
  double right() const { return std::max(x0, x1) + radius_m; }
  double near() const { return std::min(z0, z1) - radius_m; }
  double far() const { return std::max(z0, z1) + radius_m; }
};

/// Everything that stands in a scene, as patches and the shadows they cast.
class Model {
 public:
  explicit Model(const Light& light) : sun_(light.sun), shadow_strength_(light.shadow_strength()) {}

  void add(Patch patch) { patches_.push_back(std::move(patch)); }

  /// A rectangle fixed to an object, left out if it faces away from the camera. `origin`, `u` and `v` are in the
  /// object's own directions (right, up, ahead).
  void add_face(const Camera& camera, const Pose& pose, Vec3 origin, Vec3 u, Vec3 v, double u_size, double v_size,
                int label, int instance, Shader shader);

  /// A flat figure on its foot, seen from its front or back alike.
  void add_figure(const Pose& pose, double width, double height, int label, int instance, Figure figure);

  /// Number for the instance map: id · 1000 + a count that starts at 0.
  int next_instance(int label) { return label * 1000 + counts_[static_cast<std::size_t>(label)]++; }

  /// Shadow below and beside a thing that reaches `height` over a foot of `radius`.
  void add_shadow(const Pose& pose, double length, double radius, double height);

  /// Darkness where something long meets the ground.
  void add_contact(Vec3 from, Vec3 to, double radius) { shadows_.push_back({from.x, from.z, to.x, to.z, radius, 0.5}); }

  /// The order that see-through patches need. The pointers live as long as nothing is added.
  std::vector<const Patch*> from_far_to_near(const Camera& camera) const;
  const std::vector<Shadow>& shadows() const { return shadows_; }

 private:
  Vec3 sun_;
  double shadow_strength_;
  std::vector<Patch> patches_;
  std::vector<Shadow> shadows_;
  std::array<int, kRawIds> counts_{};
};

}  // namespace segfold::street
