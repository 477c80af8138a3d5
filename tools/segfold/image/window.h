#pragma once

#include <cstdint>

#include "segfold/base/size.h"

namespace segfold {

/// A part of a picture: its top left pixel and its size.
struct Window {
  std::int64_t y = 0;
  std::int64_t x = 0;
  Size size;

  bool operator==(const Window&) const = default;
};

/// Whether the window holds a pixel at all, and none outside a picture of this size.
inline bool is_inside(const Window& window, Size picture) {
  return window.y >= 0 && window.x >= 0 && window.size.height >= 1 && window.size.width >= 1 &&
         window.y + window.size.height <= picture.height && window.x + window.size.width <= picture.width;
}

}  // namespace segfold
