#pragma once

#include "segfold/data/street_scene/draw.h"

/// Colours that all vehicles share.
namespace segfold::street {

inline constexpr Rgb kRubber{0.1F, 0.1F, 0.11F};
inline constexpr Rgb kTailLight{0.8F, 0.07F, 0.06F};
inline constexpr Rgb kHeadLight{0.96F, 0.96F, 0.92F};
inline constexpr Rgb kPlate{0.9F, 0.9F, 0.86F};

inline Rgb draw_glass(RandomStream& random) { return random.uniform(0.7, 1.3) * Rgb{0.15F, 0.18F, 0.21F}; }

/// Strong colours of firms and towns.
inline Rgb draw_livery(RandomStream& random) {
  const Rgb choices[] = {{0.72F, 0.13F, 0.13F}, {0.14F, 0.3F, 0.58F}, {0.16F, 0.45F, 0.27F},
                         {0.88F, 0.66F, 0.12F}, {0.8F, 0.42F, 0.12F}, {0.42F, 0.18F, 0.4F}};
  return draw_colour(choices, 0.85, 1.1, random);
}

}  // namespace segfold::street
