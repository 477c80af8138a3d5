#pragma once

#include <cmath>
#include <numbers>

namespace segfold::street {

/// A point or direction in metres: x to the right, y up, z ahead; the street's surface is y = 0 and the camera's foot
/// stands at x = z = 0.
struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;
};

inline Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec3 operator*(double k, Vec3 a) { return {k * a.x, k * a.y, k * a.z}; }
inline double dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 cross(Vec3 a, Vec3 b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }
inline double length(Vec3 a) { return std::sqrt(dot(a, a)); }
inline Vec3 unit(Vec3 a) { return (1.0 / length(a)) * a; }

/// A colour as a screen shows it, 0 to 1 per channel before exposure; light multiplies it.
struct Rgb {
  float r = 0;
  float g = 0;
  float b = 0;
};

inline Rgb operator+(Rgb a, Rgb b) { return {a.r + b.r, a.g + b.g, a.b + b.b}; }
inline Rgb operator*(Rgb a, Rgb b) { return {a.r * b.r, a.g * b.g, a.b * b.b}; }
inline Rgb operator*(double k, Rgb a) {
  const auto f = static_cast<float>(k);
  return {f * a.r, f * a.g, f * a.b};
}
inline Rgb mix(Rgb a, Rgb b, double share_of_b) { return (1.0 - share_of_b) * a + share_of_b * b; }

/// A pinhole camera that looks along z; tilt and turn are shifts of the picture, so that verticals stay vertical.
struct Camera {
  double focal_px = 1;  ///< in pixels of the canvas
  double centre_x = 0;  ///< column of the vanishing point of z
  double centre_y = 0;  ///< row of the horizon
  double height_m = 1.5;

  Vec3 position() const { return {0, height_m, 0}; }
  /// Direction through a point of the picture with z = 1: a distance along it is the depth.
  Vec3 ray(double column, double row) const { return {(column - centre_x) / focal_px, (centre_y - row) / focal_px, 1}; }
};

inline constexpr double kQuarterTurn = std::numbers::pi / 2;  ///< radians

/// Where an object stands and where it is heading: yaw 0 is away from the camera, positive turns right.
struct Pose {
  double x = 0;
  double z = 0;
  double yaw = 0;  ///< radians
  double y = 0;    ///< of its foot

  Vec3 right() const { return {std::cos(yaw), 0, -std::sin(yaw)}; }
  Vec3 ahead() const { return {std::sin(yaw), 0, std::cos(yaw)}; }
  Vec3 direction(Vec3 local) const { return local.x * right() + Vec3{0, local.y, 0} + local.z * ahead(); }
  Vec3 point(Vec3 local) const { return Vec3{x, y, z} + direction(local); }
};

}  // namespace segfold::street
