#pragma once

#include <cstdint>

#include "segfold/image/augment.h"
#include "segfold/nn/model_options.h"
#include "segfold/train/schedule.h"

namespace segfold {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;  ///< added to the gradient (L2), as PyTorch's Adam does
  void check() const;
};

enum class ScheduleKind { kPlateau, kConstant };

/// Hyper-parameters: what shapes the result. The defaults are the study's.
struct TrainingOptions {
  ModelOptions model;
  int epochs = 65;
  int batch_size = 2;
  double lr = 1e-4;
  ScheduleKind schedule = ScheduleKind::kPlateau;
  PlateauSchedule::Options plateau;
  AdamOptions adam;
  AugmentOptions augment;
  std::uint64_t seed = 1;
  int low_res_every = 5;    ///< epochs between mIoUs on the held-out fold, at the input size
  int full_res_every = 10;  ///< epochs between mIoUs on the official split, at the labels' size
  void check() const;
};

}  // namespace segfold
