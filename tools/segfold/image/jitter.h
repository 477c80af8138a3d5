#pragma once

#include "segfold/image/augment.h"

namespace segfold {

/// Changes a photo's colours in place: the four operations of `params` that change anything, in its order, as
/// torchvision's ColorJitter defines them. Float in 0–255, clamped after each operation, rounded once at the end.
/// @param image  RGB
void jitter_colours(const AugmentParams& params, Image& image);

}  // namespace segfold
