#include "segfold/image/palette.h"

#include <algorithm>

#include "segfold/base/error.h"

namespace segfold {

Image colour_labels(const Image& train_ids, std::span<const std::array<std::uint8_t, 3>> colours) {
  if (train_ids.channels != 1) throw InternalError("a map of train ids has one channel");
  std::array<std::array<std::uint8_t, 3>, 256> table{};
  std::copy_n(colours.begin(), std::min(colours.size(), table.size()), table.begin());
  Image picture(train_ids.size, 3);
  std::uint8_t* pixel = picture.pixels.data();
  for (const std::uint8_t id : train_ids.pixels) {
    const auto& colour = table[id];
    pixel = std::ranges::copy(colour, pixel).out;
  }
  return picture;
}

}  // namespace segfold
