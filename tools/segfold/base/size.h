#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace segfold {

/// Height and width of a picture in pixels, rows first; written "512x1024".
struct Size {
  std::int64_t height = 0;
  std::int64_t width = 0;

  std::int64_t area() const { return height * width; }
  bool operator==(const Size&) const = default;
};

/// Largest side that any tool accepts.
inline constexpr std::int64_t kMaxSide = 16384;

std::string to_string(Size size);

/// Parses "HxW". @throws UsageError unless both are whole numbers in [1, kMaxSide].
Size parse_size(std::string_view text);

}  // namespace segfold
