#pragma once

#include <string>

namespace segfold {

enum class OptimizerKind {
  kAdam,   ///< Kingma and Ba 2015; weight decay is added to the gradient (L2)
  kAdamW,  ///< Loshchilov and Hutter 2019; weight decay shrinks the weights themselves
  kSgd     ///< with momentum; weight decay as Adam's
};

/// "adam", "adamw", "sgd".
std::string optimizer_name(OptimizerKind kind);

/// Everything as PyTorch's optimisers of the same names define it.
struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::kAdam;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double momentum = 0.9;  ///< of SGD, [0, 1)
  double weight_decay = 0;
  double encoder_lr_factor = 1;  ///< the encoder's learning rate over that of the rest, ≥ 0
  double clip_norm = 0;          ///< gradients are scaled down to this L2 norm over all of them; 0 = never
  void check() const;
};

}  // namespace segfold
