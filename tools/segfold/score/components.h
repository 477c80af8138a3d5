#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "segfold/image/image.h"

namespace segfold {

/// A longest stretch of equal ids in one row of a map.
struct PixelRun {
  std::size_t begin = 0;  ///< of its first pixel in the map's memory
  std::size_t end = 0;    ///< past its last
  std::uint8_t id = 0;
  std::size_t component = 0;

  std::size_t length() const { return end - begin; }
};

/// The 8-connected components of all ids but 255 in a map.
struct Components {
  std::vector<PixelRun> runs;           ///< in raster order
  std::vector<std::uint64_t> areas_px;  ///< by component; 0 for numbers that no run bears
};

/// @param map  1 channel
/// Source: run-based two-pass labelling, He et al. 2008, "A Run-Based Two-Scan Labeling Algorithm".
Components connected_components(const Image& map);

}  // namespace segfold
