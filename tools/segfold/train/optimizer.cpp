#include "segfold/train/optimizer.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "segfold/base/error.h"
#include "segfold/train/adam_kernel.h"

namespace segfold {
namespace {

constexpr std::int64_t kElementsPerTask = 1 << 15;

torch::Tensor float_copy(const torch::Tensor& like, const torch::Tensor& values) {
  torch::Tensor copy = torch::empty_like(like, like.options().dtype(torch::kFloat32));  // keeps the memory layout
  return copy.copy_(values);
}

}  // namespace

Adam::Adam(torch::nn::Module& module, const AdamOptions& options, const StateDict& masters) : options_(options) {
  const torch::NoGradGuard no_grad;
  const std::map<std::string, torch::Tensor> start(masters.begin(), masters.end());
  for (const auto& item : module.named_parameters()) {
    Slot slot{item.key(), item.value(), {}, {}, {}};
    if (slot.parameter.scalar_type() == torch::kFloat32) {
      slot.master = slot.parameter.detach();
    } else {
      const auto found = start.find(slot.name);
      slot.master = float_copy(slot.parameter, found != start.end() ? found->second : slot.parameter);
    }
    slot.exp_avg = torch::zeros_like(slot.master);
    slot.exp_avg_sq = torch::zeros_like(slot.master);
    slots_.push_back(std::move(slot));
  }
}

bool Adam::is_fused_bf16(const Slot& slot) {
  const torch::Tensor& gradient = slot.parameter.grad();
  return slot.parameter.is_cpu() && slot.parameter.scalar_type() == torch::kBFloat16 &&
         gradient.scalar_type() == torch::kBFloat16 && gradient.strides() == slot.master.strides() &&
         slot.parameter.strides() == slot.master.strides() && slot.master.is_non_overlapping_and_dense();
}

void Adam::step(double lr) {
  const torch::NoGradGuard no_grad;
  ++steps_;
  for (Slot& slot : slots_) {
    if (slot.parameter.grad().defined() && is_fused_bf16(slot)) step_bf16(slot, lr);
  }
  step_float32(lr);
}

void Adam::step_bf16(Slot& slot, double lr) const {
  const AdamStep step{static_cast<float>(lr),
                      static_cast<float>(options_.beta1),
                      static_cast<float>(1.0 - options_.beta1),
                      static_cast<float>(options_.beta2),
                      static_cast<float>(1.0 - options_.beta2),
                      static_cast<float>(options_.eps),
                      static_cast<float>(options_.weight_decay),
                      static_cast<float>(1.0 - std::pow(options_.beta1, static_cast<double>(steps_))),
                      static_cast<float>(std::sqrt(1.0 - std::pow(options_.beta2, static_cast<double>(steps_))))};
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

/// Everything that is left: float32 parameters, and on a GPU those in lower precision.
void Adam::step_float32(double lr) {
  std::vector<torch::Tensor> masters;
  std::vector<torch::Tensor> gradients;
  std::vector<torch::Tensor> means;
  std::vector<torch::Tensor> squares;
  std::vector<Slot*> rounded;
  for (Slot& slot : slots_) {
    const torch::Tensor gradient = slot.parameter.grad();
    if (!gradient.defined()) continue;
    const bool fits = gradient.scalar_type() == torch::kFloat32 && gradient.strides() == slot.master.strides();
    masters.push_back(slot.master);
    // The kernel walks the memory of all four alike, so the gradient takes the master's layout.
    gradients.push_back(fits ? gradient : float_copy(slot.master, gradient));
    means.push_back(slot.exp_avg);
    squares.push_back(slot.exp_avg_sq);
    slot.parameter.mutable_grad() = torch::Tensor();
    if (slot.parameter.scalar_type() != torch::kFloat32) rounded.push_back(&slot);
  }
  if (masters.empty()) return;
  const torch::Tensor step = torch::full({}, static_cast<double>(steps_), masters.front().options());
  const std::vector<torch::Tensor> steps(masters.size(), step);
  at::_fused_adam_(masters, gradients, means, squares, {}, steps, lr, options_.beta1, options_.beta2,
                   options_.weight_decay, options_.eps, /*amsgrad=*/false, /*maximize=*/false);
  for (Slot* slot : rounded) slot->parameter.copy_(slot->master);
}

StateDict Adam::masters() const {
  StateDict values;
  for (const Slot& slot : slots_) values.emplace_back(slot.name, slot.master);
  return values;
}

StateDict Adam::state() const {
  StateDict values;
  for (const Slot& slot : slots_) {
    values.emplace_back("master." + slot.name, slot.master);
    values.emplace_back("exp_avg." + slot.name, slot.exp_avg);
    values.emplace_back("exp_avg_sq." + slot.name, slot.exp_avg_sq);
  }
  return values;
}

void Adam::restore(const StateDict& state, std::int64_t steps, const std::string& origin) {
  const torch::NoGradGuard no_grad;
  const std::map<std::string, torch::Tensor> values(state.begin(), state.end());
  for (auto& [name, target] : this->state()) {
    const auto found = values.find(name);
    if (found == values.end() || found->second.sizes() != target.sizes()) {
      throw DataError(fmt::format("{}: {} is missing or of another shape; start again with --fresh", origin, name));
    }
    target.copy_(found->second);
  }
  for (Slot& slot : slots_) {
    if (slot.parameter.scalar_type() != torch::kFloat32) slot.parameter.copy_(slot.master);
  }
  steps_ = steps;
}

}  // namespace segfold
