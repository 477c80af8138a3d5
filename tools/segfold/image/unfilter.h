#pragma once

#include <cstdint>
#include <span>

namespace segfold {

/// Turns one filtered row of a PNG into its bytes, in place.
/// @param filter  the byte in front of the row. @param row  the row's bytes; no fewer than bytes_per_pixel.
/// @param above  the row before as it was unfiltered, of the same length; zeros above the first.
/// @param bytes_per_pixel  1 or 2
/// @return false, with the row unchanged, if there is no such filter.
/// Source: PNG specification (ISO/IEC 15948), section 9, "Filtering".
bool unfilter_row(std::uint8_t filter, std::span<std::uint8_t> row, std::span<const std::uint8_t> above,
                  int bytes_per_pixel);

}  // namespace segfold
