#include "segfold/train/ema.h"

#include <algorithm>

#include "segfold/train/training_state.h"

namespace segfold {

Ema::Ema(double decay, StateDict values) : decay_(decay), values_(std::move(values)) {
  for (const auto& [name, value] : values_) averages_.emplace_back(name, value.detach().clone());
  updates_ = torch::zeros({1}, torch::kInt64);
}

void Ema::update() {
  const torch::NoGradGuard no_grad;
  const auto updates = updates_.item<double>();
  const double decay = updates == 0 ? 0 : std::min(decay_, (1 + updates) / (10 + updates));
  for (std::size_t i = 0; i < values_.size(); ++i) averages_[i].second.lerp_(values_[i].second, 1 - decay);
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
  auto buffers = module.named_buffers();
  for (const auto& [name, value] : weights) {
    torch::Tensor* own = parameters.find(name);
    if (own == nullptr) own = buffers.find(name);
    if (own == nullptr) continue;
    // Its own storage is set aside, not written to: an optimiser's master may be the very same, and may be saved now.
    own_.emplace_back(*own, own->detach());
    own->set_data(torch::empty_like(own_.back().second).copy_(value));
  }
}

BorrowedWeights::~BorrowedWeights() {
  const torch::NoGradGuard no_grad;
  for (auto& [parameter, values] : own_) parameter.set_data(values);
}

}  // namespace segfold
