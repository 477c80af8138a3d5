#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <string>
#include <vector>

#include "segfold/nn/model_file.h"
#include "segfold/train/optimizer_options.h"

namespace segfold {

/// Adam, AdamW or SGD with float32 masters: parameters that the network holds in bfloat16 are updated in float32 and
/// rounded once a step; float32 parameters are their own masters. A parameter without gradient (frozen) stays as it is
/// and counts no step, as in PyTorch.
class Optimizer {
 public:
  /// @param module  prepared (see prepare_module). @param masters  float32 start values of parameters that the module
  /// holds in lower precision, by name.
  Optimizer(torch::nn::Module& module, const OptimizerOptions& options, const StateDict& masters);

  /// One update from the parameters' gradients, which are dropped afterwards. @param lr  of all but the encoder
  /// @param gradient_scale  what they are multiplied by first
  void step(double lr, double gradient_scale = 1);

  /// float32 values of all parameters by name (not copies).
  StateDict masters() const;
  /// Masters, moments and step counts by name ("master.<name>", "exp_avg.<name>" or "momentum.<name>",
  /// "exp_avg_sq.<name>", "steps"; not copies).
  StateDict state() const;
  /// Takes over what state() gave. @throws DataError if a tensor is missing or of another shape.
  void restore(const StateDict& state, const std::string& origin);

 private:
  struct Slot {
    std::string name;
    bool encoder = false;
    torch::Tensor parameter;   // what the network computes with
    torch::Tensor master;      // float32; the parameter itself where that is float32
    torch::Tensor exp_avg;     // SGD: its momentum
    torch::Tensor exp_avg_sq;  // not for SGD
  };
  double rate_of(const Slot& slot, double lr) const { return slot.encoder ? lr * options_.encoder_lr_factor : lr; }
  bool is_fused_bf16(const Slot& slot) const;
  void put_masters();
  std::vector<torch::Tensor> gradients() const;
  void step_bf16(Slot& slot, std::int64_t steps, double lr) const;
  void step_float32(bool encoder, double lr);

  OptimizerOptions options_;
  std::vector<Slot> slots_;
  torch::Tensor steps_;  // int64 [slots]: updates that each has had
};

/// Scales gradients down so that the L2 norm over all of them is at most `most`, as PyTorch's clip_grad_norm_ does.
/// Those already below stay as they are, bit by bit.
void clip_gradients(const std::vector<torch::Tensor>& gradients, double most);

}  // namespace segfold
