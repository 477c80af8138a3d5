#pragma once

#include <array>

namespace segfold {

/// Mean and standard deviation per channel (R, G, B) of values in [0, 1].
struct Normalisation {
  std::array<double, 3> mean{0.485, 0.456, 0.406};  ///< of ImageNet, as torchvision documents them
  std::array<double, 3> std{0.229, 0.224, 0.225};
};

/// Leaves values in [0, 1].
inline constexpr Normalisation kUnitNormalisation{{0, 0, 0}, {1, 1, 1}};

}  // namespace segfold
