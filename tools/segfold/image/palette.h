#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "segfold/image/image.h"

namespace segfold {

/// A map of train ids as an RGB picture. @param colours  R, G, B of each train id; ids without one (255) are black.
Image colour_labels(const Image& train_ids, std::span<const std::array<std::uint8_t, 3>> colours);

}  // namespace segfold
