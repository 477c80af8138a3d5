#pragma once

#include <cstdint>

namespace segfold {

/// Train id of pixels that neither train nor count.
inline constexpr std::uint8_t kIgnore = 255;

/// As many classes as there can be: train ids are below it, as 254 marks a raw id that is none of Cityscapes'.
inline constexpr int kMostClasses = 254;

}  // namespace segfold
