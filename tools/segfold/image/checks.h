#pragma once

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "segfold/image/image.h"

namespace segfold {

// What the transforms of this room check alike; private to it.

/// @param option  e.g. "--flip" @param range  what the value should be
/// @throws UsageError unless `good`.
inline void require_option(bool good, const char* option, double value, const char* range) {
  if (!good) throw UsageError(fmt::format("{} {}; give {}", option, value, range));
}

/// @param verb  what cannot be done, e.g. "augment"
/// @throws InternalError unless these are an RGB photo and a map of ids of the same size.
inline void require_sample(const char* verb, const Image& image, const Image& label) {
  if (image.channels == 3 && label.channels == 1 && image.size == label.size && image.size.area() >= 1) return;
  throw InternalError(fmt::format("cannot {} a photo of {} and {} channels with labels of {} and {} channels", verb,
                                  to_string(image.size), image.channels, to_string(label.size), label.channels));
}

}  // namespace segfold
