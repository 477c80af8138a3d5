#include "segfold/train/loss_options.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

void require_weight(const char* name, double weight) {
  if (!(weight >= 0 && weight <= 1e6)) throw UsageError(fmt::format("{} {}; it must be from 0 to 1e6", name, weight));
}

}  // namespace

std::string loss_name(LossKind kind) {
  switch (kind) {
    case LossKind::kWeighted:
      return "weighted-ce";
    case LossKind::kCrossEntropyDice:
      return "ce-dice";
    case LossKind::kCrossEntropy:
      break;
  }
  return "ce";
}

void LossOptions::check() const {
  require_weight("--ce-weight", ce_weight);
  require_weight("--dice-weight", dice_weight);
  if (ce_weight == 0 && dice_weight == 0) throw UsageError("--ce-weight and --dice-weight are both 0; give one");
  if (!(label_smoothing >= 0 && label_smoothing < 1))
    throw UsageError(fmt::format("--label-smoothing {}; it must be in [0, 1)", label_smoothing));
}

}  // namespace segfold
