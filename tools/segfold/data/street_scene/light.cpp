#include "segfold/data/street_scene/light.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "segfold/data/street_scene/noise.h"

namespace segfold::street {
namespace {

/// Bell-shaped noise with mean 0 and variance 1 from a few uniform numbers: cheap, and the same on every machine.
double sensor_noise(std::int64_t column, std::int64_t row, std::uint32_t seed) {
  double sum = 0;
  for (std::uint32_t i = 0; i < 3; ++i) sum += cell_noise(column, row, seed + i * 7919U);
  return (sum - 1.5) * 2;
}

/// A film-like curve: 0 → 0, mid-tones lifted a little, highlights rolled off.
double tone(double x) {
  const double limited = std::max(x, 0.0);
  return limited < 0.8 ? limited : 0.8 + 0.2 * (1 - std::exp(-(limited - 0.8) / 0.2));
}

std::uint8_t quantise(double x) { return static_cast<std::uint8_t>(std::lround(255 * std::clamp(x, 0.0, 1.0))); }

}  // namespace

double Light::shadow_strength() const {
  const double direct = sun_colour.g * sun.y;
  return direct / (direct + ambient.g);
}

Rgb Light::fade(Rgb colour, double depth_m) const { return mix(haze, colour, std::exp(-depth_m / visibility_m)); }

Rgb Light::shade(Rgb colour, Vec3 normal, double depth_m) const {
  const double facing = std::max(0.0, dot(normal, sun));
  return fade(colour * (ambient + facing * sun_colour), depth_m);
}

Rgb Light::sky(Vec3 ray) const {
  const double elevation = std::clamp(ray.y / 0.55, 0.0, 1.0);
  const Rgb clear = mix(sky_low, sky_high, std::pow(elevation, 0.7));
  // Clouds lie on a plane high above: towards the horizon they shrink and crowd.
  const double distance = 1 / (ray.y + 0.12);
  const double shape = fractal_noise(1.3 * ray.x * distance + 40, 1.6 * distance, seed + 11, 5);
  const double cover = std::clamp((shape - (0.78 - 0.5 * clouds)) / 0.16, 0.0, 1.0);
  const double lit = 0.86 + 0.3 * fractal_noise(2.6 * ray.x * distance, 3 * distance + 9, seed + 29, 3);
  const Rgb white = lit * mix(Rgb{0.93F, 0.94F, 0.96F}, sky_low, 0.35);
  return mix(clear, white, cover * (0.35 + 0.65 * std::min(1.0, 4 * ray.y + 0.15)));
}

Light draw_light(RandomStream& random) {
  Light light;
  light.seed = random.next();
  const double azimuth = random.uniform(0, 2 * std::numbers::pi);
  const double height = random.uniform(0.3, 1.1);
  light.sun = {std::cos(height) * std::sin(azimuth), std::sin(height), std::cos(height) * std::cos(azimuth)};
  const bool overcast = random.chance(0.4);
  const double warmth = overcast ? random.uniform(-0.03, 0.03) : random.uniform(-0.02, 0.1) * (1.3 - height);
  const double sun = overcast ? random.uniform(0.05, 0.18) : random.uniform(0.35, 0.75);
  const double sky = overcast ? random.uniform(0.72, 0.9) : random.uniform(0.45, 0.62);
  light.sun_colour = sun * Rgb{static_cast<float>(1 + warmth), 1.0F, static_cast<float>(1 - 2 * warmth)};
  light.ambient = sky * Rgb{static_cast<float>(0.97 + 0.5 * warmth), 1.0F, static_cast<float>(1.05 - warmth)};
  light.clouds = overcast ? random.uniform(0.75, 1.0) : random.uniform(0.1, 0.65);
  const double grey = overcast ? random.uniform(0.45, 0.85) : random.uniform(0.0, 0.35);
  const double bright = random.uniform(0.8, 1.0);
  light.sky_high = bright * mix(Rgb{0.36F, 0.57F, 0.88F}, Rgb{0.74F, 0.77F, 0.8F}, grey);
  light.sky_low = bright * mix(Rgb{0.78F, 0.86F, 0.94F}, Rgb{0.86F, 0.86F, 0.85F}, grey);
  if (!overcast && height < 0.55)
    light.sky_low = mix(light.sky_low, Rgb{0.98F, 0.82F, 0.62F}, random.uniform(0.1, 0.6));
  light.haze = 0.96 * light.sky_low;
  light.visibility_m = random.uniform(180, 700);
  // The camera measures the scene: a surface half in the sun comes out about as bright as it is.
  light.exposure = random.uniform(0.85, 1.2) / (sky + 0.45 * sun);
  const double tint = random.uniform(-0.05, 0.05);
  light.white_balance = {static_cast<float>(1 + tint), static_cast<float>(1 + random.uniform(-0.015, 0.015)),
                         static_cast<float>(1 - tint)};
  light.noise = random.uniform(0.006, 0.018);
  light.vignette = random.uniform(0.0, 0.2);
  return light;
}

Image expose(const std::vector<Rgb>& canvas, Size size, int factor, const Light& light) {
  Image photo(size, 3);
  const std::int64_t stride = size.width * factor;
  const double share = light.exposure / (factor * factor);
  for (std::int64_t y = 0; y < size.height; ++y) {
    for (std::int64_t x = 0; x < size.width; ++x) {
      Rgb sum;
      for (std::int64_t row = y * factor; row < (y + 1) * factor; ++row) {
        for (std::int64_t i = row * stride + x * factor; i < row * stride + (x + 1) * factor; ++i) {
          sum = sum + canvas[static_cast<std::size_t>(i)];
        }
      }
      const Rgb colour = share * (light.white_balance * sum);
      const double dx = 2.0 * (static_cast<double>(x) + 0.5) / static_cast<double>(size.width) - 1;
      const double dy = 2.0 * (static_cast<double>(y) + 0.5) / static_cast<double>(size.height) - 1;
      const double fall = 1 - light.vignette * (dx * dx + dy * dy) / 2;
      const double grain = 0.6 * light.noise * sensor_noise(x, y, light.seed + 101);
      std::uint8_t* pixel = &photo.at(y, x);
      const float channels[3] = {colour.r, colour.g, colour.b};
      for (int c = 0; c < 3; ++c) {
        const double own = light.noise * sensor_noise(3 * x + c, y, light.seed + 211);
        pixel[c] = quantise(tone(fall * channels[c]) + grain + own);
      }
    }
  }
  return photo;
}

}  // namespace segfold::street
