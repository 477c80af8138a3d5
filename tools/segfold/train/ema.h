#pragma once

#include <string>

#include "segfold/nn/model_file.h"

namespace segfold {

/// Exponential moving average of weights: average ← decay · average + (1 − decay) · weights after every update; the
/// first update takes the weights as they are. Equal to PyTorch's AveragedModel with get_ema_multi_avg_fn. Buffers
/// (BatchNorm's statistics) are not averaged: the network's own are used.
class Ema {
 public:
  /// @param masters  float32 weights (Optimizer::masters); kept, not copied
  Ema(double decay, StateDict masters);

  void update();

  /// The averages by name (not copies).
  const StateDict& weights() const { return averages_; }

  /// "ema.<name>" and "ema_updates" (not copies).
  StateDict state() const;
  /// @throws DataError if a tensor is missing or of another shape.
  void restore(const StateDict& state, const std::string& origin);

 private:
  double decay_;
  StateDict masters_;
  StateDict averages_;
  torch::Tensor updates_;  // int64 [1]
};

/// While it lives, a module computes with other weights; afterwards with its own again. Its own are not touched
/// meanwhile: whoever holds their storage may go on reading it.
class BorrowedWeights {
 public:
  /// @param weights  by name; parameters without one stay
  BorrowedWeights(torch::nn::Module& module, const StateDict& weights);
  ~BorrowedWeights();
  BorrowedWeights(const BorrowedWeights&) = delete;
  BorrowedWeights& operator=(const BorrowedWeights&) = delete;

 private:
  std::vector<std::pair<torch::Tensor, torch::Tensor>> own_;  // parameter, its own values
};

}  // namespace segfold
