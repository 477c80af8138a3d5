#include "segfold/train/optimizer_options.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {

std::string optimizer_name(OptimizerKind kind) {
  switch (kind) {
    case OptimizerKind::kAdamW:
      return "adamw";
    case OptimizerKind::kSgd:
      return "sgd";
    case OptimizerKind::kAdam:
      break;
  }
  return "adam";
}

void OptimizerOptions::check() const {
  if (!(weight_decay >= 0 && weight_decay < 1))
    throw UsageError(fmt::format("--weight-decay {}; it must be in [0, 1)", weight_decay));
  if (!(momentum >= 0 && momentum < 1)) throw UsageError(fmt::format("--momentum {}; it must be in [0, 1)", momentum));
  if (!(encoder_lr_factor >= 0 && encoder_lr_factor <= 1000))
    throw UsageError(fmt::format("--encoder-lr-factor {}; it must be from 0 to 1000", encoder_lr_factor));
  if (!(clip_norm >= 0 && clip_norm <= 1e9))
    throw UsageError(fmt::format("--clip-norm {}; it must be from 0 (never) to 1e9", clip_norm));
}

}  // namespace segfold
