#pragma once

#include <vector>

#include "segfold/data/street_scene/canvas.h"

namespace segfold::street {

/// A flat drawing made of simple shapes, each on top of those before it, in metres. It is what things look like from
/// one side: a person, a wheel, a traffic sign, the rear of a car.
class Figure {
 public:
  /// Between heights y0 and y1, from left to right; the edges lean from (left0, right0) to (left1, right1).
  Figure& trapezoid(double y0, double left0, double right0, double y1, double left1, double right1, Rgb colour);
  Figure& box(double left, double y0, double right, double y1, Rgb colour) {
    return trapezoid(y0, left, right, y1, left, right, colour);
  }
  Figure& ellipse(double x, double y, double radius_x, double radius_y, Rgb colour);
  Figure& ring(double x, double y, double radius, double inner_radius, Rgb colour);
  /// A rounded bar from one point to another, darker at its rims as a round thing is.
  Figure& limb(double x0, double y0, double radius0, double x1, double y1, double radius1, Rgb colour);

  /// The last shape lets `1 − coverage` of what lies behind shine through.
  Figure& see_through(float coverage);
  /// The last shape shines by itself.
  Figure& glow();
  /// The last shape bears another label than its patch.
  Figure& label(int raw_id);
  /// The last shape's colour varies by up to ± `strength`, in spots `spot_m` wide.
  Figure& mottle(double strength, double spot_m, std::uint32_t seed);

  /// What the drawing shows at a point; false where it is empty. Matches Shader but for the unused footprint.
  bool sample(double x, double y, Fragment& fragment) const;

 private:
  enum class Kind { kTrapezoid, kEllipse, kRing, kLimb };
  struct Shape {
    Kind kind = Kind::kTrapezoid;
    double a[6] = {};
    double left = 0, right = 0, low = 0, high = 0;  // bounding box
    Rgb colour;
    float coverage = 1;
    bool glows = false;
    int label = -1;
    double mottle = 0;
    double spot_m = 1;
    std::uint32_t seed = 0;
  };
  Figure& add(Kind kind, std::initializer_list<double> numbers, double left, double right, double low, double high,
              Rgb colour);
  static bool covers(const Shape& shape, double x, double y, double& shade);

  std::vector<Shape> shapes_;
};

}  // namespace segfold::street
