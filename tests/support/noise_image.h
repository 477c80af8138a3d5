#pragma once

#include "segfold/base/random.h"
#include "segfold/image/image.h"

namespace segfold::testing {

/// A picture whose values are uniform below `bound`; the same for the same arguments.
inline Image noise_image(Size size, int channels, int bound = 256) {
  Image image(size, channels);
  RandomStream random(random_key({"noise image", size.height, size.width, channels, bound}));
  for (std::uint8_t& value : image.pixels)
    value = static_cast<std::uint8_t>(random.below(static_cast<std::uint64_t>(bound)));
  return image;
}

}  // namespace segfold::testing
