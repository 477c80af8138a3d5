#pragma once

#include <string>

#include "segfold/nn/model_file.h"

namespace segfold {

/// Exponential moving average of weights and of the statistics of normalisations, which belong to them: average ←
/// d · average + (1 − d) · value after every update, where d = min(decay, (1 + t) / (10 + t)) after t updates, so that
/// the average does not begin by keeping random weights (TensorFlow's ExponentialMovingAverage with num_updates); the
/// first update takes the values as they are. Equal to torchvision's ExponentialMovingAverage at each update's d.
class Ema {
 public:
  /// @param values  floating-point values to average: weights (Optimizer::masters) and statistics; kept, not copied
  Ema(double decay, StateDict values);

  void update();

  /// The averages by name (not copies).
  const StateDict& weights() const { return averages_; }

  /// "ema.<name>" and "ema_updates" (not copies).
  StateDict state() const;
  /// @throws DataError if a tensor is missing or of another shape.
  void restore(const StateDict& state, const std::string& origin);

 private:
  double decay_;
  StateDict values_;
  StateDict averages_;
  torch::Tensor updates_;  // int64 [1]
};

/// While it lives, a module computes with other weights; afterwards with its own again. Its own are not touched
/// meanwhile: whoever holds their storage may go on reading it.
class BorrowedWeights {
 public:
  /// @param weights  by name, of parameters and buffers; those without one stay
  BorrowedWeights(torch::nn::Module& module, const StateDict& weights);
  ~BorrowedWeights();
  BorrowedWeights(const BorrowedWeights&) = delete;
  BorrowedWeights& operator=(const BorrowedWeights&) = delete;

 private:
  std::vector<std::pair<torch::Tensor, torch::Tensor>> own_;  // parameter or buffer, its own values
};

}  // namespace segfold
