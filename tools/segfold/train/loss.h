#pragma once

#include <torch/torch.h>

namespace segfold {

/// Sum of the cross-entropy over the pixels that count, and their number.
struct PixelLoss {
  torch::Tensor sum;    ///< float scalar, differentiable
  torch::Tensor count;  ///< int64 scalar

  /// Mean over the counting pixels; 0 where there are none (a sample may be void from edge to edge).
  torch::Tensor mean() const { return sum / count.clamp_min(1); }
};

/// Cross-entropy of logits against labels; pixels whose label is 255 neither count nor give a gradient.
/// @param logits  float32 [N, C, H, W]  @param labels  uint8 [N, H, W] on the same device
PixelLoss cross_entropy(const torch::Tensor& logits, const torch::Tensor& labels);

}  // namespace segfold
