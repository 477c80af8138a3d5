#include "segfold/data/street_scene/canvas.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "segfold/data/street_scene/ids.h"

namespace segfold::street {
namespace {

constexpr double kNearest = 0.5;  // metres: nothing nearer is painted

/// The part of a patch's outline that lies in front of the camera (Sutherland–Hodgman against one plane).
std::vector<Vec3> visible_outline(const Patch& patch) {
  const Vec3 u = patch.u_size * patch.u_axis;
  const Vec3 v = patch.v_size * patch.v_axis;
  const std::vector<Vec3> corners{patch.origin, patch.origin + u, patch.origin + u + v, patch.origin + v};
  std::vector<Vec3> outline;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Vec3 a = corners[i];
    const Vec3 b = corners[(i + 1) % corners.size()];
    if (a.z >= kNearest) outline.push_back(a);
    if ((a.z >= kNearest) != (b.z >= kNearest)) outline.push_back(a + ((kNearest - a.z) / (b.z - a.z)) * (b - a));
  }
  return outline;
}

}  // namespace

Canvas::Canvas(Size size, int factor, const Camera& camera, const Light& light)
    : size_(size),
      factor_(factor),
      width_(size.width * factor),
      height_(size.height * factor),
      camera_(camera),
      light_(light) {
  camera_.focal_px *= factor;
  camera_.centre_x *= factor;
  camera_.centre_y *= factor;
  const auto points = static_cast<std::size_t>(width_ * height_);
  colours_.resize(points);
  depths_.assign(points, std::numeric_limits<float>::infinity());
  labels_.assign(points, kSky);
  instances_.assign(points, kSky);
}

void Canvas::paint_sky() {
  for (std::int64_t y = 0; y < height_; ++y) {
    for (std::int64_t x = 0; x < width_; ++x) {
      Vec3 ray = camera_.ray(static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5);
      ray.y = std::max(ray.y, 0.0);
      colours_[static_cast<std::size_t>(y * width_ + x)] = light_.sky(ray);
    }
  }
}

Canvas::Box Canvas::bounds(const Patch& patch) const {
  double left = static_cast<double>(width_), right = 0, top = static_cast<double>(height_), bottom = 0;
  for (const Vec3& corner : visible_outline(patch)) {
    const double x = camera_.centre_x + camera_.focal_px * corner.x / corner.z;
    const double y = camera_.centre_y - camera_.focal_px * (corner.y - camera_.height_m) / corner.z;
    left = std::min(left, x);
    right = std::max(right, x);
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  }
  const auto inside = [](double value, std::int64_t limit) {
    return static_cast<std::int64_t>(std::clamp(value, 0.0, static_cast<double>(limit)));
  };
  return {inside(std::floor(left), width_), inside(std::ceil(right), width_), inside(std::floor(top), height_),
          inside(std::ceil(bottom), height_)};
}

void Canvas::blend(std::size_t point, const Fragment& fragment, Rgb colour, int label, int instance, float depth) {
  colours_[point] = fragment.coverage >= 1 ? colour : mix(colours_[point], colour, fragment.coverage);
  labels_[point] = static_cast<std::uint8_t>(label);
  instances_[point] = static_cast<std::uint16_t>(instance);
  depths_[point] = depth;
}

void Canvas::paint(const Patch& patch) {
  const Box box = bounds(patch);
  const Vec3 normal = patch.normal();
  const Vec3 offset = patch.origin - camera_.position();
  const double plane = dot(normal, offset);
  for (std::int64_t y = box.top; y < box.bottom; ++y) {
    for (std::int64_t x = box.left; x < box.right; ++x) {
      const Vec3 ray = camera_.ray(static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5);
      const double depth = plane / dot(normal, ray);
      const auto point = static_cast<std::size_t>(y * width_ + x);
      if (!(depth >= kNearest && depth < depths_[point])) continue;
      const Vec3 place = depth * ray - offset;
      const double u = dot(place, patch.u_axis);
      const double v = dot(place, patch.v_axis);
      if (u < 0 || v < 0 || u >= patch.u_size || v >= patch.v_size) continue;
      Fragment fragment;
      if (!patch.shader(u, v, depth / camera_.focal_px, fragment)) continue;
      const Rgb colour = fragment.glows ? light_.fade(fragment.colour, depth)
                                        : light_.shade(fragment.shade * fragment.colour, normal, depth);
      const int label = fragment.label >= 0 ? fragment.label : patch.label;
      const int instance = fragment.label < 0 && patch.instance > 0 ? patch.instance : label;
      blend(point, fragment, colour, label, instance, static_cast<float>(depth));
    }
  }
}

void Canvas::paint_bonnet(double height, Rgb colour) {
  for (std::int64_t y = 0; y < height_; ++y) {
    for (std::int64_t x = 0; x < width_; ++x) {
      const double across = 2 * (static_cast<double>(x) + 0.5) / static_cast<double>(width_) - 1;
      const double up = 1 - (static_cast<double>(y) + 0.5) / static_cast<double>(height_);
      const double edge = height * (1 - 0.55 * across * across * across * across - 0.25 * across * across);
      if (up >= edge) continue;
      // The paint mirrors the sky near its edge.
      const Rgb shine = mix(colour, light_.sky_low, 0.45 * std::pow(up / edge, 3));
      const Fragment fragment;
      blend(static_cast<std::size_t>(y * width_ + x), fragment, (light_.ambient + 0.3 * light_.sun_colour) * shine,
            kEgoVehicle, kEgoVehicle, 0);
    }
  }
}

Image Canvas::photo() const { return expose(colours_, size_, factor_, light_); }

template <class T>
Raster<T> Canvas::nearest(const std::vector<T>& fine) const {
  Raster<T> map(size_, 1);
  for (std::int64_t y = 0; y < size_.height; ++y) {
    for (std::int64_t x = 0; x < size_.width; ++x) {
      map.at(y, x) = fine[static_cast<std::size_t>((y * factor_ + factor_ / 2) * width_ + x * factor_ + factor_ / 2)];
    }
  }
  return map;
}

Image Canvas::label_ids() const { return nearest(labels_); }

InstanceMap Canvas::instance_ids() const { return nearest(instances_); }

}  // namespace segfold::street
