#pragma once

#include <array>

#include "segfold/base/imagenet.h"

namespace segfold {

/// Mean and standard deviation per channel (R, G, B) of values in [0, 1].
struct Normalisation {
  std::array<double, 3> mean = kImageNetMean;
  std::array<double, 3> std{0.229, 0.224, 0.225};
};

/// Leaves values in [0, 1].
inline constexpr Normalisation kUnitNormalisation{{0, 0, 0}, {1, 1, 1}};

}  // namespace segfold
