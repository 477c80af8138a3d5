#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "segfold/base/size.h"

namespace segfold {

/// A picture in memory, rows from top to bottom, channels interleaved (RGB order), owned.
template <class T>
struct Raster {
  Size size;
  int channels = 1;
  std::vector<T> pixels;  ///< height × width × channels

  Raster() = default;
  Raster(Size raster_size, int raster_channels, T fill = T{})
      : size(raster_size),
        channels(raster_channels),
        pixels(static_cast<std::size_t>(raster_size.area() * raster_channels), fill) {}

  T* row(std::int64_t y) { return pixels.data() + y * size.width * channels; }
  const T* row(std::int64_t y) const { return pixels.data() + y * size.width * channels; }
  T& at(std::int64_t y, std::int64_t x, int channel = 0) { return row(y)[x * channels + channel]; }
  const T& at(std::int64_t y, std::int64_t x, int channel = 0) const { return row(y)[x * channels + channel]; }
  bool operator==(const Raster&) const = default;
};

using Image = Raster<std::uint8_t>;         ///< RGB photo (3 channels) or map of ids (1 channel), 0–255
using InstanceMap = Raster<std::uint16_t>;  ///< Cityscapes instance ids, 1 channel

}  // namespace segfold
