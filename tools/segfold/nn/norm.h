#pragma once

#include <torch/nn/module.h>

#include "segfold/nn/model_options.h"

namespace segfold {

/// Normalisation of a feature map by channel. Parameters and buffers are called as PyTorch's: weight, bias, and for
/// batch normalisation (Ioffe and Szegedy 2015; momentum 0.1, eps 1e-5) running_mean, running_var and
/// num_batches_tracked. Group normalisation (Wu and He 2018) takes 32 groups, or the largest number below that divides
/// the channels; it has no statistics and so is the same in training and evaluation.
class NormImpl : public torch::nn::Module {
 public:
  NormImpl(std::int64_t channels, NormKind kind);

  /// @param x  [N, channels, H, W]
  torch::Tensor forward(const torch::Tensor& x);

  /// A frozen batch normalisation applies what it has: neither its statistics nor its weights change.
  void freeze();

 private:
  std::int64_t groups_;  // 0 = batch normalisation
  bool frozen_ = false;
  torch::Tensor weight_, bias_, running_mean_, running_var_, num_batches_tracked_;
};
TORCH_MODULE(Norm);

}  // namespace segfold
