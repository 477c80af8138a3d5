#include "segfold/train/train_step.h"

#include <cmath>

#include "segfold/train/preparation.h"

namespace segfold {

StepResult TrainStep::gradients(const Batch& batch) {
  model_.train();
  const torch::Tensor images = normalise(batch.images, normalisation_, device_.torch_device());
  const torch::Tensor logits = model_.forward(images, batch.keys);
  const PixelLoss loss = cross_entropy(logits, batch.labels.to(device_.torch_device()));
  loss.mean().backward();
  return {loss.sum.item<double>(), loss.count.item<std::int64_t>()};
}

StepResult TrainStep::run(const Batch& batch, double lr) {
  const StepResult result = gradients(batch);
  if (std::isfinite(result.loss_sum)) optimizer_.step(lr);
  return result;
}

}  // namespace segfold
