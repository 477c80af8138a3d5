#pragma once

#include <torch/types.h>

#include "segfold/nn/model_file.h"

namespace segfold {

/// Images as a network takes them: (value / 255 − mean) / std.
/// @param images  uint8 [N, h, w, 3] RGB, any device → float32 [N, 3, h, w] on `device`, channels_last
torch::Tensor normalise(const torch::Tensor& images, const Normalisation& normalisation, const torch::Device& device);

}  // namespace segfold
