#pragma once

#include <cstdint>

#include "segfold/base/random.h"
#include "segfold/data/street_scene/geometry.h"
#include "segfold/image/image.h"

namespace segfold::street {

/// Weather and time of day of one scene, and how its camera answers to light.
struct Light {
  Vec3 sun{0, 1, 0};          ///< unit, towards the sun
  Rgb sun_colour;             ///< what a surface facing the sun adds to `ambient`
  Rgb ambient;                ///< from the whole sky
  Rgb haze;                   ///< colour that far things fade to
  double visibility_m = 500;  ///< distance at which 63 % of a colour has faded
  Rgb sky_high;               ///< at the top of the picture
  Rgb sky_low;                ///< at the horizon
  double clouds = 0.5;        ///< share of the sky they cover, 0–1
  double exposure = 1;
  Rgb white_balance{1, 1, 1};
  double noise = 0.01;     ///< standard deviation of the sensor's noise, of full scale
  double vignette = 0.1;   ///< loss of brightness in the corners
  std::uint32_t seed = 0;  ///< of clouds and noise

  double shadow_strength() const;  ///< how much darker a cast shadow is, 0–1

  /// Colour of a matt surface. @param normal unit, outwards  @param depth_m for the haze
  Rgb shade(Rgb colour, Vec3 normal, double depth_m) const;
  Rgb fade(Rgb colour, double depth_m) const;
  /// The sky along a ray. @param ray as Camera::ray
  Rgb sky(Vec3 ray) const;
};

Light draw_light(RandomStream& random);

/// What the camera makes of the canvas: `factor` × `factor` points are averaged into a pixel, then exposure, colour
/// balance, vignette and noise. @param canvas  linear in `Light` terms, height · factor × width · factor points
Image expose(const std::vector<Rgb>& canvas, Size size, int factor, const Light& light);

}  // namespace segfold::street
