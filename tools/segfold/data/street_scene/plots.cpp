#include "segfold/data/street_scene/plots.h"

#include <algorithm>
#include <cmath>

namespace segfold::street {
namespace {

constexpr double kHalfView = 0.55;  // |x| / z that every camera sees
constexpr double kNearest = 7;
constexpr int kTries = 8;

}  // namespace

bool Plots::claim(double z, double across, double length, double width) {
  const Taken wish{z - length / 2, z + length / 2, across - width / 2, across + width / 2};
  for (const Taken& taken : taken_) {
    if (wish.z0 < taken.z1 && wish.z1 > taken.z0 && wish.left < taken.right && wish.right > taken.left) return false;
  }
  taken_.push_back(wish);
  return true;
}

std::optional<Plot> Plots::find(double across, double range, double length, double width, RandomStream& random) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const double found = across + random.uniform(-0.4, 0.4);
    const double u = random.uniform();
    const double v = random.uniform();
    const double z = first_visible(found) + range * u * v;
    if (claim(z, found, length, width)) return Plot{z, found};
  }
  return std::nullopt;
}

double Plots::first_visible(double across) const {
  return std::max(kNearest, std::abs(across + layout_.offset) / kHalfView);
}

}  // namespace segfold::street
