#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

#include "segfold/nn/model_file.h"
#include "segfold/train/training_options.h"

namespace segfold {

/// Adam (Kingma and Ba 2015) with float32 masters: parameters that the network holds in bfloat16 are updated in float32
/// and rounded once a step; float32 parameters are their own masters. One fused pass per tensor.
class Adam {
 public:
  /// @param module  prepared (see prepare_module). @param masters  float32 start values of parameters that the module
  /// holds in lower precision, by name.
  Adam(torch::nn::Module& module, const AdamOptions& options, const StateDict& masters);

  /// One update from the parameters' gradients, which are dropped afterwards.
  void step(double lr);

  std::int64_t steps() const { return steps_; }
  /// float32 values of all parameters by name (not copies).
  StateDict masters() const;
  /// Masters and moments by name ("master.<name>", "exp_avg.<name>", "exp_avg_sq.<name>"; not copies).
  StateDict state() const;
  /// Takes over what state() gave. @throws DataError if a tensor is missing or of another shape.
  void restore(const StateDict& state, std::int64_t steps, const std::string& origin);

 private:
  struct Slot {
    std::string name;
    torch::Tensor parameter;  // what the network computes with
    torch::Tensor master;     // float32; the parameter itself where that is float32
    torch::Tensor exp_avg;
    torch::Tensor exp_avg_sq;
  };
  static bool is_fused_bf16(const Slot& slot);
  void step_float32(double lr);
  void step_bf16(Slot& slot, double lr) const;

  AdamOptions options_;
  std::vector<Slot> slots_;
  std::int64_t steps_ = 0;
};

}  // namespace segfold
