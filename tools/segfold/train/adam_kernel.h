#pragma once

#include <cstdint>

namespace segfold {

/// What one update of Adam or AdamW needs besides the tensors.
struct AdamStep {
  float lr;
  float beta1;
  float beta1_rest;  ///< 1 − beta1, subtracted in double: 1 − 0.999 in float is off by 5e-5
  float beta2;
  float beta2_rest;  ///< 1 − beta2
  float eps;
  float weight_decay;      ///< added to the gradient, times the weight
  float shrink;            ///< factor on the weight before the update: AdamW's 1 − lr · weight decay; Adam's 1
  float correction1;       ///< 1 − beta1^t
  float correction2_root;  ///< √(1 − beta2^t)
};

/// One step of Adam over `count` elements of a parameter that the network holds in bfloat16 (raw bits): gradient and
/// parameter in bfloat16, master and moments in float32, all in one pass. Converting in passes of their own would cost
/// more than the update. Elements are independent: any split of the range gives the same bits.
void adam_update_bf16(const AdamStep& step, const std::uint16_t* gradient, float* master, float* exp_avg,
                      float* exp_avg_sq, std::uint16_t* parameter, std::int64_t count);

}  // namespace segfold
