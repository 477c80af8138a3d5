#include "segfold/train/optimizer.h"

#include <fmt/format.h>

#include <map>

#include "segfold/base/error.h"

namespace segfold {
namespace {

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

void Adam::step(double lr) {
  const torch::NoGradGuard no_grad;
  ++steps_;
  std::vector<torch::Tensor> masters;
  std::vector<torch::Tensor> gradients;
  std::vector<torch::Tensor> means;
  std::vector<torch::Tensor> squares;
  for (Slot& slot : slots_) {
    if (!slot.parameter.grad().defined()) continue;
    masters.push_back(slot.master);
    // The kernel walks the memory of all four alike, so the gradient takes the master's layout.
    gradients.push_back(slot.parameter.grad().scalar_type() == torch::kFloat32 &&
                                slot.parameter.grad().strides() == slot.master.strides()
                            ? slot.parameter.grad()
                            : float_copy(slot.master, slot.parameter.grad()));
    means.push_back(slot.exp_avg);
    squares.push_back(slot.exp_avg_sq);
    slot.parameter.mutable_grad() = torch::Tensor();
  }
  if (masters.empty()) return;
  const torch::Tensor step = torch::full({}, static_cast<double>(steps_), masters.front().options());
  const std::vector<torch::Tensor> steps(masters.size(), step);
  at::_fused_adam_(masters, gradients, means, squares, {}, steps, lr, options_.beta1, options_.beta2,
                   options_.weight_decay, options_.eps, /*amsgrad=*/false, /*maximize=*/false);
  for (Slot& slot : slots_) {
    if (slot.parameter.scalar_type() != torch::kFloat32) slot.parameter.copy_(slot.master);
  }
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
