#include "segfold/train/train_step.h"

#include "segfold/train/preparation.h"

namespace segfold {

void TrainStep::freeze_encoder(bool frozen) {
  frozen_ = frozen;
  for (torch::Tensor& parameter : model_.named_children()["encoder"]->parameters()) {
    parameter.set_requires_grad(!frozen);
    if (frozen) parameter.mutable_grad() = torch::Tensor();
  }
}

StepResult TrainStep::gradients(const Batch& batch, double share) {
  model_.train();
  if (frozen_) model_.named_children()["encoder"]->eval();
  const torch::Tensor images = normalise(batch.images, normalisation_, device_.torch_device());
  const torch::Tensor logits = model_.forward(images, batch.keys);
  const LossSums sums = loss_.sums(logits, batch.labels.to(device_.torch_device()));
  const torch::Tensor loss = loss_.value(sums);
  (share == 1 ? loss : loss * share).backward();
  return {loss.item<double>(), sums.pixels.item<std::int64_t>()};
}

}  // namespace segfold
