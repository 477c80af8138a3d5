#pragma once

#include "segfold/image/image.h"

namespace segfold {

enum class Interpolation { kArea, kLinear };

/// A photo at another size: by the mean over the covered area (OpenCV INTER_AREA; the rule for shrinking) or
/// bilinearly (INTER_LINEAR, half-pixel centres). Runs on the calling thread only.
Image resize_image(const Image& image, Size size, Interpolation interpolation);

/// A map of ids at another size by nearest neighbour: source index = floor(target index · scale), OpenCV's
/// INTER_NEAREST. No value arises that was not there.
Image resize_labels(const Image& labels, Size size);

}  // namespace segfold
