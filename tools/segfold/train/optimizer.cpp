#include "segfold/train/optimizer.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <map>

#include "segfold/train/adam_kernel.h"
#include "segfold/train/training_state.h"

namespace segfold {
namespace {

constexpr std::int64_t kElementsPerTask = 1 << 15;

torch::Tensor float_copy(const torch::Tensor& like, const torch::Tensor& values) {
  torch::Tensor copy = torch::empty_like(like, like.options().dtype(torch::kFloat32));  // keeps the memory layout
  return copy.copy_(values);
}

}  // namespace

Optimizer::Optimizer(torch::nn::Module& module, const OptimizerOptions& options, const StateDict& masters)
    : options_(options) {
  const torch::NoGradGuard no_grad;
  const std::map<std::string, torch::Tensor> start(masters.begin(), masters.end());
  for (const auto& item : module.named_parameters()) {
    Slot slot{item.key(), item.key().starts_with("encoder."), item.value(), {}, {}, {}};
    if (slot.parameter.scalar_type() == torch::kFloat32) {
      slot.master = slot.parameter.detach();
    } else {
      const auto found = start.find(slot.name);
      slot.master = float_copy(slot.parameter, found != start.end() ? found->second : slot.parameter);
    }
    slot.exp_avg = torch::zeros_like(slot.master);
    if (options_.kind != OptimizerKind::kSgd) slot.exp_avg_sq = torch::zeros_like(slot.master);
    slots_.push_back(std::move(slot));
  }
  steps_ = torch::zeros({static_cast<std::int64_t>(slots_.size())}, torch::kInt64);
}

bool Optimizer::is_fused_bf16(const Slot& slot) const {
  const torch::Tensor& gradient = slot.parameter.grad();
  return options_.kind != OptimizerKind::kSgd && slot.parameter.is_cpu() &&
         slot.parameter.scalar_type() == torch::kBFloat16 && gradient.scalar_type() == torch::kBFloat16 &&
         gradient.strides() == slot.master.strides() && slot.parameter.strides() == slot.master.strides() &&
         slot.master.is_non_overlapping_and_dense();
}

void Optimizer::step(double lr, double gradient_scale) {
  const torch::NoGradGuard no_grad;
  if (gradient_scale != 1) {
    for (torch::Tensor& gradient : gradients()) gradient.mul_(gradient_scale);
  }
  if (options_.clip_norm > 0) clip_gradients(gradients(), options_.clip_norm);
  auto* steps = steps_.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (!slot.parameter.grad().defined()) continue;
    ++steps[i];
    if (is_fused_bf16(slot)) step_bf16(slot, steps[i], rate_of(slot, lr));
  }
  step_float32(/*encoder=*/true, lr * options_.encoder_lr_factor);
  step_float32(/*encoder=*/false, lr);
}

std::vector<torch::Tensor> Optimizer::gradients() const {
  std::vector<torch::Tensor> all;
  for (const Slot& slot : slots_) {
    if (slot.parameter.grad().defined()) all.push_back(slot.parameter.grad());
  }
  return all;
}

void Optimizer::step_bf16(Slot& slot, std::int64_t steps, double lr) const {
  const bool decoupled = options_.kind == OptimizerKind::kAdamW;
  const auto count = static_cast<double>(steps);
  const AdamStep step{static_cast<float>(lr),
                      static_cast<float>(options_.beta1),
                      static_cast<float>(1.0 - options_.beta1),
                      static_cast<float>(options_.beta2),
                      static_cast<float>(1.0 - options_.beta2),
                      static_cast<float>(options_.eps),
                      decoupled ? 0.0F : static_cast<float>(options_.weight_decay),
                      decoupled ? static_cast<float>(1.0 - lr * options_.weight_decay) : 1.0F,
                      static_cast<float>(1.0 - std::pow(options_.beta1, count)),
                      static_cast<float>(std::sqrt(1.0 - std::pow(options_.beta2, count)))};
  const auto* gradient = static_cast<const std::uint16_t*>(slot.parameter.grad().const_data_ptr());
  auto* parameter = static_cast<std::uint16_t*>(slot.parameter.data_ptr());
  auto* master = slot.master.data_ptr<float>();
  auto* mean = slot.exp_avg.data_ptr<float>();
  auto* square = slot.exp_avg_sq.data_ptr<float>();
  at::parallel_for(0, slot.master.numel(), kElementsPerTask, [&](std::int64_t begin, std::int64_t end) {
    adam_update_bf16(step, gradient + begin, master + begin, mean + begin, square + begin, parameter + begin,
                     end - begin);
  });
  slot.parameter.mutable_grad() = torch::Tensor();
}

/// Everything that is left: float32 parameters, and on a GPU or with SGD those in lower precision.
void Optimizer::step_float32(bool encoder, double lr) {
  std::vector<torch::Tensor> masters, gradients, means, squares, steps;
  std::vector<Slot*> rounded;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    const torch::Tensor gradient = slot.parameter.grad();
    if (!gradient.defined() || slot.encoder != encoder) continue;
    const bool fits = gradient.scalar_type() == torch::kFloat32 && gradient.strides() == slot.master.strides();
    masters.push_back(slot.master);
    // The kernel walks the memory of all four alike, so the gradient takes the master's layout.
    gradients.push_back(fits ? gradient : float_copy(slot.master, gradient));
    means.push_back(slot.exp_avg);
    squares.push_back(slot.exp_avg_sq);
    steps.push_back(steps_[static_cast<std::int64_t>(i)].to(slot.master.options()));
    slot.parameter.mutable_grad() = torch::Tensor();
    if (slot.parameter.scalar_type() != torch::kFloat32) rounded.push_back(&slot);
  }
  if (masters.empty()) return;
  const OptimizerOptions& o = options_;
  switch (o.kind) {
    case OptimizerKind::kAdam:
      at::_fused_adam_(masters, gradients, means, squares, {}, steps, lr, o.beta1, o.beta2, o.weight_decay, o.eps,
                       /*amsgrad=*/false, /*maximize=*/false);
      break;
    case OptimizerKind::kAdamW:
      at::_fused_adamw_(masters, gradients, means, squares, {}, steps, lr, o.beta1, o.beta2, o.weight_decay, o.eps,
                        /*amsgrad=*/false, /*maximize=*/false);
      break;
    case OptimizerKind::kSgd:
      // The momentum starts at 0, so that the first step needs no case of its own. Without one the kernel wants no
      // list.
      if (o.momentum == 0) means.clear();
      at::_fused_sgd_(masters, gradients, means, o.weight_decay, o.momentum, lr, /*dampening=*/0, /*nesterov=*/false,
                      /*maximize=*/false, /*is_first_step=*/false);
      break;
  }
  for (Slot* slot : rounded) slot->parameter.copy_(slot->master);
}

StateDict Optimizer::masters() const {
  StateDict values;
  for (const Slot& slot : slots_) values.emplace_back(slot.name, slot.master);
  return values;
}

StateDict Optimizer::state() const {
  StateDict values{{"steps", steps_}};
  const bool sgd = options_.kind == OptimizerKind::kSgd;
  for (const Slot& slot : slots_) {
    values.emplace_back("master." + slot.name, slot.master);
    values.emplace_back((sgd ? "momentum." : "exp_avg.") + slot.name, slot.exp_avg);
    if (!sgd) values.emplace_back("exp_avg_sq." + slot.name, slot.exp_avg_sq);
  }
  return values;
}

void Optimizer::restore(const StateDict& state, const std::string& origin) {
  take_over(this->state(), state, origin);
  put_masters();
}

/// Rounds the masters into the network's parameters.
void Optimizer::put_masters() {
  const torch::NoGradGuard no_grad;
  for (Slot& slot : slots_) {
    if (slot.parameter.scalar_type() != torch::kFloat32) slot.parameter.copy_(slot.master);
  }
}

void clip_gradients(const std::vector<torch::Tensor>& gradients, double most) {
  if (gradients.empty()) return;
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> norms;
  for (const torch::Tensor& gradient : gradients) {
    norms.push_back(at::linalg_vector_norm(gradient, 2, {}, /*keepdim=*/false, torch::kFloat32));
  }
  const torch::Tensor scale = (most / (at::linalg_vector_norm(torch::stack(norms), 2) + 1e-6)).clamp_max(1.0);
  for (const torch::Tensor& gradient : gradients) gradient.mul_(scale);
}

}  // namespace segfold
