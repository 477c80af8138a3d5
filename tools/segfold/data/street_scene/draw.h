#pragma once

#include <cstddef>

#include "segfold/base/random.h"
#include "segfold/data/street_scene/geometry.h"

namespace segfold::street {

// Two draws never stand in one expression: compilers may evaluate them in either order.

/// One of several colours, darkened or brightened by a factor between two limits.
template <std::size_t N>
Rgb draw_colour(const Rgb (&choices)[N], double darkest, double brightest, RandomStream& random) {
  const Rgb choice = choices[random.below(N)];
  return random.uniform(darkest, brightest) * choice;
}

/// −1 or 1.
inline int draw_sign(RandomStream& random) { return random.chance(0.5) ? -1 : 1; }

}  // namespace segfold::street
