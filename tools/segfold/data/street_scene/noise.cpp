#include "segfold/data/street_scene/noise.h"

#include <cmath>

namespace segfold::street {
namespace {

std::uint32_t scramble(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7FEB352DU;
  x ^= x >> 15;
  x *= 0x846CA68BU;
  return x ^ (x >> 16);
}

double ease(double t) { return t * t * (3 - 2 * t); }

}  // namespace

double cell_noise(std::int64_t column, std::int64_t row, std::uint32_t seed) {
  const auto c = static_cast<std::uint32_t>(column);
  const auto r = static_cast<std::uint32_t>(row);
  return scramble(c * 0x9E3779B1U ^ scramble(r * 0x85EBCA77U ^ scramble(seed))) * 0x1.0p-32;
}

double smooth_noise(double u, double v, std::uint32_t seed) {
  const double column = std::floor(u);
  const double row = std::floor(v);
  const auto c = static_cast<std::int64_t>(column);
  const auto r = static_cast<std::int64_t>(row);
  const double s = ease(u - column);
  const double t = ease(v - row);
  const double top = (1 - s) * cell_noise(c, r, seed) + s * cell_noise(c + 1, r, seed);
  const double bottom = (1 - s) * cell_noise(c, r + 1, seed) + s * cell_noise(c + 1, r + 1, seed);
  return (1 - t) * top + t * bottom;
}

double fractal_noise(double u, double v, std::uint32_t seed, int octaves) {
  double sum = 0;
  double strength = 1;
  double total = 0;
  for (int octave = 0; octave < octaves; ++octave) {
    sum += strength * smooth_noise(u, v, seed + static_cast<std::uint32_t>(octave));
    total += strength;
    strength *= 0.5;
    u *= 2;
    v *= 2;
  }
  return sum / total;
}

}  // namespace segfold::street
