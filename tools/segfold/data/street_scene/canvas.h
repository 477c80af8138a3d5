#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "segfold/data/street_scene/geometry.h"
#include "segfold/data/street_scene/light.h"
#include "segfold/image/image.h"

namespace segfold::street {

/// What a surface is at one point.
struct Fragment {
  Rgb colour;
  float coverage = 1;  ///< less than 1: what lies behind shines through the colour, but not through the label
  float shade = 1;     ///< 0–1, of the light that arrives
  bool glows = false;  ///< shines by itself: no light or shadow applies
  int label = -1;      ///< raw id; −1: the patch's
};

/// Says what a surface is at (u, v), in metres from the patch's origin; false where there is nothing.
/// @param footprint_m  width of a picture point there: finer detail than that cannot be seen
using Shader = std::function<bool(double u, double v, double footprint_m, Fragment& fragment)>;

/// A rectangle in space. Seen from the side that counts, u runs to the right and v up.
struct Patch {
  Vec3 origin;  ///< lower left corner
  Vec3 u_axis;  ///< unit
  Vec3 v_axis;  ///< unit, at a right angle to u_axis
  double u_size = 0;
  double v_size = 0;
  int label = 0;     ///< raw id
  int instance = 0;  ///< value in the instance map; 0: the label
  Shader shader;

  Vec3 normal() const { return cross(v_axis, u_axis); }
  Vec3 centre() const { return origin + (0.5 * u_size) * u_axis + (0.5 * v_size) * v_axis; }
};

/// The picture while it is painted: every point remembers the depth of what it shows, so nearer patches hide farther
/// ones whatever the order. See-through patches must come after what lies behind them.
class Canvas {
 public:
  /// @param factor  points per pixel along each side
  Canvas(Size size, int factor, const Camera& camera, const Light& light);

  void paint_sky();
  void paint(const Patch& patch);
  /// The bonnet of the car that carries the camera: `height` (0–1 of the picture) tall in the middle.
  void paint_bonnet(double height, Rgb colour);

  Image photo() const;
  Image label_ids() const;  ///< of the point nearest to each pixel's centre
  InstanceMap instance_ids() const;

 private:
  struct Box {
    std::int64_t left, right, top, bottom;  // first and past-the-last
  };
  Box bounds(const Patch& patch) const;
  template <class T>
  Raster<T> nearest(const std::vector<T>& fine) const;
  void blend(std::size_t point, const Fragment& fragment, Rgb colour, int label, int instance, float depth);

  Size size_;
  int factor_;
  std::int64_t width_;
  std::int64_t height_;
  Camera camera_;  // in points, not pixels
  Light light_;
  std::vector<Rgb> colours_;
  std::vector<float> depths_;
  std::vector<std::uint8_t> labels_;
  std::vector<std::uint16_t> instances_;
};

}  // namespace segfold::street
