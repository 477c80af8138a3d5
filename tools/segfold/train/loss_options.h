#pragma once

#include <string>

#include "segfold/data/class_weights.h"

namespace segfold {

enum class LossKind {
  kCrossEntropy,  ///< every pixel counts alike
  kWeighted,      ///< every pixel counts as its true class weighs (class_weights.h)
  kCrossEntropyDice
};

/// "ce", "weighted-ce", "ce-dice".
std::string loss_name(LossKind kind);

struct LossOptions {
  LossKind kind = LossKind::kCrossEntropy;
  ClassWeighting class_weighting = ClassWeighting::kEnet;  ///< of weighted-ce
  double ce_weight = 1;                                    ///< of ce-dice: weight of the cross-entropy, ≥ 0
  double dice_weight = 1;                                  ///< of ce-dice: weight of the Dice term, ≥ 0; not both 0
  double label_smoothing = 0;  ///< [0, 1): share of the target spread evenly over all classes (Szegedy et al. 2016)
  void check() const;
};

}  // namespace segfold
