#include "segfold/train/train_step.h"

#include "segfold/nn/norm.h"
#include "segfold/train/preparation.h"

namespace segfold {

void TrainStep::freeze_encoder(bool frozen) {
  frozen_ = frozen;
  for (torch::Tensor& parameter : model_.named_children()["encoder"]->parameters()) {
    parameter.set_requires_grad(!frozen);
    if (frozen) parameter.mutable_grad() = torch::Tensor();
  }
  if (norms_frozen_) freeze_norms();  // thawing an encoder must not thaw them
}

void TrainStep::freeze_norms() {
  norms_frozen_ = true;
  for (const auto& module : model_.modules()) {
    if (auto* norm = module->as<Norm>()) norm->freeze();
  }
}

StepResult TrainStep::gradients(const Batch& batch, GradientOf of) {
  model_.train();
  if (frozen_) model_.named_children()["encoder"]->eval();
  const torch::Tensor images = normalise(batch.images, normalisation_, device_.torch_device());
  const torch::Tensor labels = batch.labels.to(device_.torch_device());
  const HeadLogits logits = model_.forward_all(images, batch.keys);
  const LossSums sums = loss_.sums(logits.main, labels);
  torch::Tensor loss = loss_.value(sums);
  if (logits.auxiliary.defined()) loss = loss + auxiliary_weight_ * loss_.value(loss_.sums(logits.auxiliary, labels));
  (of == GradientOf::kLoss ? loss : loss * sums.weight).backward();
  return {loss.item<double>(), sums.pixels.item<std::int64_t>(), sums.weight.item<double>()};
}

}  // namespace segfold
