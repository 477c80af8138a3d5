#include "segfold/data/street_scene/model.h"

#include <algorithm>
#include <utility>

namespace segfold::street {
namespace {

constexpr double kContactStrength = 0.75;  // right below a thing no sky is seen, whatever the weather

}  // namespace

double Shadow::at(double x, double z) const {
  const double dx = x1 - x0;
  const double dz = z1 - z0;
  const double squared = dx * dx + dz * dz;
  const double t = squared > 0 ? std::clamp(((x - x0) * dx + (z - z0) * dz) / squared, 0.0, 1.0) : 0.0;
  const Vec3 away{x - x0 - t * dx, 0, z - z0 - t * dz};
  const double distance = length(away) / radius_m;
  return distance >= 1 ? 0.0 : strength * std::min(1.0, 3 * (1 - distance));
}

void Model::add_face(const Camera& camera, const Pose& pose, Vec3 origin, Vec3 u, Vec3 v, double u_size, double v_size,
                     int label, int instance, Shader shader) {
  Patch patch{.origin = pose.point(origin),
              .u_axis = pose.direction(u),
              .v_axis = pose.direction(v),
              .u_size = u_size,
              .v_size = v_size,
              .label = label,
              .instance = instance,
              .shader = std::move(shader)};
  if (dot(patch.normal(), camera.position() - patch.origin) <= 0) return;
  add(std::move(patch));
}

void Model::add_figure(const Pose& pose, double width, double height, int label, int instance, Figure figure) {
  const double half = width / 2;
  add({.origin = pose.point({-half, 0, 0}),
       .u_axis = pose.right(),
       .v_axis = {0, 1, 0},
       .u_size = width,
       .v_size = height,
       .label = label,
       .instance = instance,
       .shader = [half, drawing = std::move(figure)](double u, double v, double, Fragment& fragment) {
         return drawing.sample(u - half, v, fragment);
       }});
}

void Model::add_shadow(const Pose& pose, double length, double radius, double height) {
  const Vec3 half = (0.5 * std::max(0.0, length - radius)) * pose.ahead();
  shadows_.push_back(
      {pose.x - half.x, pose.z - half.z, pose.x + half.x, pose.z + half.z, 1.15 * radius, kContactStrength});
  const double reach = std::min(height / sun_.y, 3 * height);
  shadows_.push_back({pose.x, pose.z, pose.x - reach * sun_.x, pose.z - reach * sun_.z, radius, shadow_strength_});
}

std::vector<const Patch*> Model::from_far_to_near(const Camera& camera) const {
  std::vector<std::pair<double, const Patch*>> by_distance;
  for (const Patch& patch : patches_) by_distance.emplace_back(-length(patch.centre() - camera.position()), &patch);
  std::ranges::stable_sort(by_distance, [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Patch*> ordered;
  for (const auto& [distance, patch] : by_distance) ordered.push_back(patch);
  return ordered;
}

}  // namespace segfold::street
