#include "segfold/train/training_options.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {

void AdamOptions::check() const {
  if (!(weight_decay >= 0 && weight_decay < 1))
    throw UsageError(fmt::format("weight decay {}; it must be in [0, 1)", weight_decay));
}

void TrainingOptions::check() const {
  model.check();
  plateau.check();
  adam.check();
  augment.check();
  if (epochs < 1 || epochs > 100000) throw UsageError(fmt::format("{} epochs; 1 to 100000 are possible", epochs));
  if (batch_size < 1 || batch_size > 4096)
    throw UsageError(fmt::format("batch size {}; 1 to 4096 is possible", batch_size));
  if (!(lr > 0 && lr < 100)) throw UsageError(fmt::format("learning rate {}; it must be above 0 and below 100", lr));
  if (low_res_every < 1 || full_res_every < 1) throw UsageError("scores every 0 epochs or fewer; give 1 or more");
}

}  // namespace segfold
