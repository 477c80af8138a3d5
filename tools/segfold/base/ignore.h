#pragma once

#include <cstdint>

namespace segfold {

/// Train id of pixels that neither train nor count.
inline constexpr std::uint8_t kIgnore = 255;

}  // namespace segfold
