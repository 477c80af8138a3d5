#include "segfold/train/loss.h"

#include "segfold/data/labels.h"

namespace segfold {

PixelLoss cross_entropy(const torch::Tensor& logits, const torch::Tensor& labels) {
  // Summed, not averaged: the mean's backward is refused on a GPU under deterministic algorithms.
  const torch::Tensor targets = labels.to(torch::kInt64);
  return {at::cross_entropy_loss(logits, targets, {}, at::Reduction::Sum, kIgnore), labels.ne(kIgnore).sum()};
}

}  // namespace segfold
