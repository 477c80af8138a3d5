#include "segfold/train/ema.h"

#include "segfold/train/training_state.h"

namespace segfold {

Ema::Ema(double decay, StateDict masters) : decay_(decay), masters_(std::move(masters)) {
  for (const auto& [name, value] : masters_) averages_.emplace_back(name, value.detach().clone());
  updates_ = torch::zeros({1}, torch::kInt64);
}

void Ema::update() {
  const torch::NoGradGuard no_grad;
  const bool first = updates_.item<std::int64_t>() == 0;
  for (std::size_t i = 0; i < masters_.size(); ++i) {
    if (first) {
      averages_[i].second.copy_(masters_[i].second);
    } else {
      averages_[i].second.lerp_(masters_[i].second, 1 - decay_);
    }
  }
  updates_ += 1;
}

StateDict Ema::state() const {
  StateDict values{{"ema_updates", updates_}};
  for (const auto& [name, value] : averages_) values.emplace_back("ema." + name, value);
  return values;
}

void Ema::restore(const StateDict& state, const std::string& origin) { take_over(this->state(), state, origin); }

BorrowedWeights::BorrowedWeights(torch::nn::Module& module, const StateDict& weights) {
  const torch::NoGradGuard no_grad;
  auto parameters = module.named_parameters();
  for (const auto& [name, value] : weights) {
    torch::Tensor* parameter = parameters.find(name);
    if (parameter == nullptr) continue;
    // Its own storage is set aside, not written to: an optimiser's master may be the very same, and may be saved now.
    own_.emplace_back(*parameter, parameter->detach());
    parameter->set_data(torch::empty_like(own_.back().second).copy_(value));
  }
}

BorrowedWeights::~BorrowedWeights() {
  const torch::NoGradGuard no_grad;
  for (auto& [parameter, values] : own_) parameter.set_data(values);
}

}  // namespace segfold
