#include "segfold/train/loss.h"

#include "segfold/base/ignore.h"

namespace segfold {
namespace {

constexpr double kLeastWeight = 1e-30;  // far below any sum of class weights

void add_to(torch::Tensor& sum, const torch::Tensor& value) {
  if (!value.defined()) return;
  const torch::Tensor plain =
      value.detach().to(torch::kCPU, value.is_floating_point() ? torch::kFloat64 : torch::kInt64);
  sum = sum.defined() ? sum + plain : plain;
}

torch::Tensor dice_loss(const LossSums& sums) {
  const torch::Tensor occurs = sums.truth.gt(0);
  // Absent classes take part as 0 / 1, so that no gradient is 0 / 0.
  const torch::Tensor dice = 2 * sums.overlap / torch::where(occurs, sums.extent, torch::ones_like(sums.extent));
  const torch::Tensor count = occurs.sum();
  const torch::Tensor mean = torch::where(occurs, dice, torch::zeros_like(dice)).sum() / count.clamp_min(1);
  return torch::where(count.gt(0), 1 - mean, torch::zeros_like(mean));
}

}  // namespace

void LossSums::add(const LossSums& other) {
  add_to(cross_entropy, other.cross_entropy);
  add_to(weight, other.weight);
  add_to(overlap, other.overlap);
  add_to(extent, other.extent);
  add_to(truth, other.truth);
  add_to(pixels, other.pixels);
}

SegmentationLoss::SegmentationLoss(const LossOptions& options, const std::vector<double>& class_weights)
    : options_(options) {
  if (!class_weights.empty()) class_weights_ = torch::tensor(class_weights, torch::kFloat32);
}

LossSums SegmentationLoss::sums(const torch::Tensor& logits, const torch::Tensor& labels) const {
  const torch::Tensor targets = labels.to(torch::kInt64);
  const torch::Tensor labelled = labels.ne(kIgnore);
  LossSums sums;
  sums.pixels = labelled.sum();
  c10::optional<torch::Tensor> weights;
  if (class_weights_.defined()) {
    weights = class_weights_.to(logits.device());
    sums.weight = weights->index({targets.masked_select(labelled)}).sum();
  } else {
    sums.weight = sums.pixels;
  }
  // Summed, not averaged: the mean's backward is refused on a GPU under deterministic algorithms.
  sums.cross_entropy =
      at::cross_entropy_loss(logits, targets, weights, at::Reduction::Sum, kIgnore, options_.label_smoothing);
  if (options_.kind != LossKind::kCrossEntropyDice) return sums;
  const torch::Tensor counts = labelled.unsqueeze(1).to(logits.scalar_type());  // [N, 1, H, W]
  const torch::Tensor p = logits.softmax(1) * counts;
  const torch::Tensor index = targets.masked_fill(labelled.logical_not(), 0).unsqueeze(1);
  const torch::Tensor y = torch::zeros_like(p).scatter(1, index, counts);
  sums.overlap = (p * y).sum({0, 2, 3});
  sums.truth = y.sum({0, 2, 3});
  sums.extent = p.sum({0, 2, 3}) + sums.truth;
  return sums;
}

torch::Tensor SegmentationLoss::value(const LossSums& sums) const {
  // Without a labelled pixel the sum is 0, and so is its gradient.
  const torch::Tensor weight =
      sums.weight.is_floating_point() ? sums.weight.clamp_min(kLeastWeight) : sums.weight.clamp_min(1);
  const torch::Tensor mean = sums.cross_entropy / weight;
  if (options_.kind != LossKind::kCrossEntropyDice) return mean;
  return options_.ce_weight * mean + options_.dice_weight * dice_loss(sums);
}

}  // namespace segfold
