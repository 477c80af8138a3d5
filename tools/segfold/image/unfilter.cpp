#include "segfold/image/unfilter.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace segfold {
namespace {

// Label maps are mostly areas of one id, whose filtered bytes are zeros: blocks of zeros are filled at once, the rest
// goes byte by byte, each waiting for the one on its left.
constexpr std::size_t kBlock = 16;  // whole pixels of 1 and of 2 bytes

using Block = std::array<std::uint64_t, kBlock / 8>;

Block load(const std::uint8_t* bytes) {
  Block block;
  std::memcpy(block.data(), bytes, kBlock);
  return block;
}

/// Whether a block and the pixel in front of it are of one value.
template <std::size_t kBytes>
bool is_even(const std::uint8_t* block) {
  return load(block) == load(block - kBytes);
}

/// Fills a block with the pixel in front of it.
template <std::size_t kBytes>
void repeat_pixel(std::uint8_t* block) {
  for (std::size_t i = 0; i < kBlock; i += kBytes) std::memcpy(block + i, block - kBytes, kBytes);
}

/// Each filter: what it predicts for a byte, and the short way for a block of zeros behind the row's first pixel, if
/// there is one (then true).
struct Sub {
  static int predict(int left, int, int) { return left; }

  template <std::size_t kBytes>
  static bool fill(std::uint8_t* block, const std::uint8_t*) {
    repeat_pixel<kBytes>(block);
    return true;
  }
};

struct Average {
  static int predict(int left, int above, int) { return (left + above) / 2; }

  template <std::size_t kBytes>
  static bool fill(std::uint8_t* block, const std::uint8_t* above) {
    if (std::memcmp(block - kBytes, above - kBytes, kBytes) != 0 || !is_even<kBytes>(above)) return false;
    repeat_pixel<kBytes>(block);
    return true;
  }
};

struct Paeth {
  static int predict(int left, int above, int above_left) {
    // How far the estimate left + above - above_left is from each of the three.
    const int to_left = std::abs(above - above_left);
    const int to_above = std::abs(left - above_left);
    const int to_above_left = std::abs(left + above - 2 * above_left);
    const int of_above = to_above <= to_above_left ? above : above_left;
    return to_left <= std::min(to_above, to_above_left) ? left : of_above;
  }

  /// Where left and above_left are equal, above is predicted, and so they stay equal; where above and above_left are,
  /// left is predicted.
  template <std::size_t kBytes>
  static bool fill(std::uint8_t* block, const std::uint8_t* above) {
    if (std::memcmp(block - kBytes, above - kBytes, kBytes) == 0) {
      std::memcpy(block, above, kBlock);
      return true;
    }
    if (!is_even<kBytes>(above)) return false;
    repeat_pixel<kBytes>(block);
    return true;
  }
};

template <class Filter, std::size_t kBytes>
void unfilter(std::span<std::uint8_t> row, const std::uint8_t* above) {
  const auto each = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      row[i] = static_cast<std::uint8_t>(row[i] + Filter::predict(row[i - kBytes], above[i], above[i - kBytes]));
    }
  };
  for (std::size_t i = 0; i < kBytes; ++i) row[i] = static_cast<std::uint8_t>(row[i] + Filter::predict(0, above[i], 0));
  std::size_t i = kBytes;
  for (; i + kBlock <= row.size(); i += kBlock) {
    const bool filled = load(row.data() + i) == Block{} && Filter::template fill<kBytes>(row.data() + i, above + i);
    if (!filled) each(i, i + kBlock);
  }
  each(i, row.size());
}

}  // namespace

bool unfilter_row(std::uint8_t filter, std::span<std::uint8_t> row, std::span<const std::uint8_t> above,
                  int bytes_per_pixel) {
  const bool wide = bytes_per_pixel == 2;
  switch (filter) {
    case 0:
      return true;
    case 1:
      wide ? unfilter<Sub, 2>(row, above.data()) : unfilter<Sub, 1>(row, above.data());
      return true;
    case 2:
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<std::uint8_t>(row[i] + above[i]);
      return true;
    case 3:
      wide ? unfilter<Average, 2>(row, above.data()) : unfilter<Average, 1>(row, above.data());
      return true;
    case 4:
      wide ? unfilter<Paeth, 2>(row, above.data()) : unfilter<Paeth, 1>(row, above.data());
      return true;
    default:
      return false;
  }
}

}  // namespace segfold
