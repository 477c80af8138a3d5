#pragma once

#include <array>

namespace segfold {

/// Mean of ImageNet's photos per channel (R, G, B) of values in [0, 1], as torchvision documents it.
inline constexpr std::array<double, 3> kImageNetMean{0.485, 0.456, 0.406};

}  // namespace segfold
