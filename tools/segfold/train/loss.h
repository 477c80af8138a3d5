#pragma once

#include <torch/types.h>

#include <vector>

#include "segfold/train/loss_options.h"

namespace segfold {

/// Sums over pixels from which the loss follows. Sums of several batches may be added: the loss of the sum is the loss
/// of all their pixels together.
struct LossSums {
  torch::Tensor cross_entropy;  ///< scalar: sum of the (weighted) cross-entropies
  torch::Tensor weight;         ///< scalar: sum of the pixels' weights; their number where nothing is weighted
  torch::Tensor overlap;        ///< [C] Σ p·y over labelled pixels; undefined without Dice
  torch::Tensor extent;         ///< [C] Σ p + Σ y
  torch::Tensor truth;          ///< [C] Σ y
  torch::Tensor pixels;         ///< int64 scalar: labelled pixels

  /// Adds other sums, in float64 and without history: for evaluation.
  void add(const LossSums& other);
};

/// What a training minimises. Pixels whose label is 255 neither count nor give a gradient.
class SegmentationLoss {
 public:
  /// @param class_weights  one per class, or empty for none
  explicit SegmentationLoss(const LossOptions& options = {}, const std::vector<double>& class_weights = {});

  /// @param logits  float32 [N, C, H, W]  @param labels  uint8 [N, H, W] on the same device
  LossSums sums(const torch::Tensor& logits, const torch::Tensor& labels) const;

  /// The loss itself, a differentiable scalar; 0 where no pixel is labelled. Cross-entropy: the weighted mean, as
  /// PyTorch's CrossEntropyLoss(weight, ignore_index, label_smoothing). Dice (Milletari et al. 2016, with plain sums
  /// in the denominator): 1 − mean over the classes that occur in the truth of 2 Σ p·y / (Σ p + Σ y), p = softmax.
  torch::Tensor value(const LossSums& sums) const;

 private:
  LossOptions options_;
  torch::Tensor class_weights_;  // float32 [C]; undefined without
};

}  // namespace segfold
