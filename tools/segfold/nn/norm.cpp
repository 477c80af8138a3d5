#include "segfold/nn/norm.h"

#include <algorithm>

namespace segfold {
namespace {

constexpr std::int64_t kMostGroups = 32;
constexpr double kMomentum = 0.1;
constexpr double kEps = 1e-5;

std::int64_t group_count(std::int64_t channels) {
  std::int64_t groups = std::min(kMostGroups, channels);
  while (channels % groups != 0) --groups;
  return groups;
}

}  // namespace

NormImpl::NormImpl(std::int64_t channels, NormKind kind)
    : groups_(kind == NormKind::kGroup ? group_count(channels) : 0),
      weight_(register_parameter("weight", torch::ones({channels}))),
      bias_(register_parameter("bias", torch::zeros({channels}))) {
  if (groups_ > 0) return;
  running_mean_ = register_buffer("running_mean", torch::zeros({channels}));
  running_var_ = register_buffer("running_var", torch::ones({channels}));
  num_batches_tracked_ = register_buffer("num_batches_tracked", torch::tensor(0, torch::kInt64));
}

torch::Tensor NormImpl::forward(const torch::Tensor& x) {
  if (groups_ > 0) return torch::group_norm(x, groups_, weight_.to(x.scalar_type()), bias_.to(x.scalar_type()), kEps);
  const bool learns = is_training() && !frozen_;
  if (learns) num_batches_tracked_.add_(1);
  return torch::batch_norm(x, weight_, bias_, running_mean_, running_var_, learns, kMomentum, kEps,
                           at::globalContext().userEnabledCuDNN());
}

void NormImpl::freeze() {
  if (groups_ > 0) return;
  frozen_ = true;
  weight_.set_requires_grad(false);
  bias_.set_requires_grad(false);
}

}  // namespace segfold
