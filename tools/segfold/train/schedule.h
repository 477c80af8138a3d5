#pragma once

#include <limits>

#include "segfold/base/json.h"

namespace segfold {

/// Lowers the learning rate when a loss stops falling. Equal to PyTorch's ReduceLROnPlateau (mode min, relative
/// threshold, no cooldown), whose defaults these are.
class PlateauSchedule {
 public:
  struct Options {
    double factor = 0.1;      ///< (0, 1)
    int patience = 10;        ///< epochs without improvement that are borne
    double threshold = 1e-4;  ///< an improvement is a loss below best · (1 − threshold)
    void check() const;
  };

  PlateauSchedule(double lr, Options options) : options_(options), lr_(lr) {}

  double lr() const { return lr_; }
  /// Takes an epoch's loss; NaN counts as no improvement.
  void step(double loss);

  Json state() const;
  void restore(const Json& state, const std::string& origin);

 private:
  Options options_;
  double lr_;
  double best_ = std::numeric_limits<double>::infinity();
  int bad_epochs_ = 0;
};

}  // namespace segfold
