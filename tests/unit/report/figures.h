#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "segfold/report/canvas.h"

namespace segfold::testing {

/// Colour of the pixel that covers a place on the canvas.
inline Colour colour_at(const Image& picture, Point place) {
  const auto x = static_cast<std::int64_t>(std::floor(place.x * Canvas::kPixelsPerUnit));
  const auto y = static_cast<std::int64_t>(std::floor(place.y * Canvas::kPixelsPerUnit));
  return {picture.at(y, x, 0), picture.at(y, x, 1), picture.at(y, x, 2)};
}

/// How many pixels have exactly this colour.
inline std::int64_t count_colour(const Image& picture, Colour colour) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < picture.size.area(); ++i) {
    const std::uint8_t* pixel = picture.pixels.data() + 3 * i;
    count += pixel[0] == colour[0] && pixel[1] == colour[1] && pixel[2] == colour[2] ? 1 : 0;
  }
  return count;
}

inline bool overlap(const Rectangle& a, const Rectangle& b) {
  constexpr double kTouch = 0.5;  // units
  return a.left + kTouch < b.right() && b.left + kTouch < a.right() && a.top + kTouch < b.bottom() &&
         b.top + kTouch < a.bottom();
}

/// Expects that all text lies on the canvas and no two pieces of it overlap.
inline void expect_clean_text(const Canvas& canvas) {
  const auto& boxes = canvas.text_boxes();
  ASSERT_FALSE(boxes.empty());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    EXPECT_GE(boxes[i].left, 0) << "text " << i;
    EXPECT_GE(boxes[i].top, 0) << "text " << i;
    EXPECT_LE(boxes[i].right(), canvas.width()) << "text " << i;
    EXPECT_LE(boxes[i].bottom(), canvas.height()) << "text " << i;
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(overlap(boxes[i], boxes[j]))
          << "text " << i << " at " << boxes[i].left << "," << boxes[i].top << " lies on text " << j << " at "
          << boxes[j].left << "," << boxes[j].top;
    }
  }
}

}  // namespace segfold::testing
