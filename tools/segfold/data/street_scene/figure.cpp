#include "segfold/data/street_scene/figure.h"

#include <algorithm>
#include <ranges>

#include "segfold/data/street_scene/noise.h"

namespace segfold::street {

Figure& Figure::add(Kind kind, std::initializer_list<double> numbers, double left, double right, double low,
                    double high, Rgb colour) {
  Shape shape{.kind = kind, .a = {}, .left = left, .right = right, .low = low, .high = high, .colour = colour};
  std::ranges::copy(numbers, shape.a);
  shapes_.push_back(shape);
  return *this;
}

Figure& Figure::trapezoid(double y0, double left0, double right0, double y1, double left1, double right1, Rgb colour) {
  return add(Kind::kTrapezoid, {y0, left0, right0, y1, left1, right1}, std::min(left0, left1), std::max(right0, right1),
             y0, y1, colour);
}

Figure& Figure::ellipse(double x, double y, double radius_x, double radius_y, Rgb colour) {
  return add(Kind::kEllipse, {x, y, radius_x, radius_y}, x - radius_x, x + radius_x, y - radius_y, y + radius_y,
             colour);
}

Figure& Figure::ring(double x, double y, double radius, double inner_radius, Rgb colour) {
  return add(Kind::kRing, {x, y, radius, inner_radius}, x - radius, x + radius, y - radius, y + radius, colour);
}

Figure& Figure::limb(double x0, double y0, double radius0, double x1, double y1, double radius1, Rgb colour) {
  return add(Kind::kLimb, {x0, y0, radius0, x1, y1, radius1}, std::min(x0 - radius0, x1 - radius1),
             std::max(x0 + radius0, x1 + radius1), std::min(y0 - radius0, y1 - radius1),
             std::max(y0 + radius0, y1 + radius1), colour);
}

Figure& Figure::see_through(float coverage) {
  shapes_.back().coverage = coverage;
  return *this;
}

Figure& Figure::glow() {
  shapes_.back().glows = true;
  return *this;
}

Figure& Figure::label(int raw_id) {
  shapes_.back().label = raw_id;
  return *this;
}

Figure& Figure::mottle(double strength, double spot_m, std::uint32_t seed) {
  shapes_.back().mottle = strength;
  shapes_.back().spot_m = spot_m;
  shapes_.back().seed = seed;
  return *this;
}

bool Figure::covers(const Shape& shape, double x, double y, double& shade) {
  const double* a = shape.a;
  switch (shape.kind) {
    case Kind::kTrapezoid: {
      const double t = (y - a[0]) / (a[3] - a[0]);
      return x >= a[1] + t * (a[4] - a[1]) && x <= a[2] + t * (a[5] - a[2]);
    }
    case Kind::kEllipse: {
      const double dx = (x - a[0]) / a[2];
      const double dy = (y - a[1]) / a[3];
      shade = 1 - 0.15 * dx * dx - 0.1 * dy;
      return dx * dx + dy * dy <= 1;
    }
    case Kind::kRing: {
      const double distance = length({x - a[0], y - a[1], 0});
      return distance <= a[2] && distance >= a[3];
    }
    case Kind::kLimb: {
      const double dx = a[3] - a[0];
      const double dy = a[4] - a[1];
      const double squared = dx * dx + dy * dy;
      const double t = squared > 0 ? std::clamp(((x - a[0]) * dx + (y - a[1]) * dy) / squared, 0.0, 1.0) : 0.0;
      const double radius = a[2] + t * (a[5] - a[2]);
      const double distance = length({x - a[0] - t * dx, y - a[1] - t * dy, 0});
      shade = 1 - 0.35 * (distance / radius) * (distance / radius);
      return distance <= radius;
    }
  }
  return false;
}

bool Figure::sample(double x, double y, Fragment& fragment) const {
  for (const Shape& shape : std::views::reverse(shapes_)) {
    if (x < shape.left || x > shape.right || y < shape.low || y > shape.high) continue;
    double shade = 1;
    if (!covers(shape, x, y, shade)) continue;
    if (shape.mottle > 0) {
      shade *= 1 + shape.mottle * (2 * fractal_noise(x / shape.spot_m, y / shape.spot_m, shape.seed, 2) - 1);
    }
    fragment.colour = shape.glows ? shape.colour : shade * shape.colour;
    fragment.coverage = shape.coverage;
    fragment.glows = shape.glows;
    fragment.label = shape.label;
    return true;
  }
  return false;
}

}  // namespace segfold::street
