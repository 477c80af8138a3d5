#pragma once

#include "segfold/nn/device.h"
#include "segfold/nn/model.h"
#include "segfold/nn/model_file.h"
#include "segfold/train/loader.h"
#include "segfold/train/loss.h"
#include "segfold/train/optimizer.h"

namespace segfold {

/// What one step measured.
struct StepResult {
  double loss_sum = 0;      ///< cross-entropy summed over the counting pixels
  std::int64_t pixels = 0;  ///< that counted
  double mean() const { return pixels > 0 ? loss_sum / static_cast<double>(pixels) : 0.0; }
};

/// One optimisation step: normalise, forward, loss, backward, update. Holds no state beyond model and optimiser.
class TrainStep {
 public:
  /// All must outlive this object; `model` is prepared for `device` (prepare_module).
  TrainStep(SegmentationModelImpl& model, Adam& optimizer, const Device& device, Normalisation normalisation)
      : model_(model), optimizer_(optimizer), device_(device), normalisation_(normalisation) {}

  /// Forward and backward; gradients are left in the parameters.
  StepResult gradients(const Batch& batch);

  /// gradients(), then the update. A loss that is not finite leaves the weights as they were: the caller decides.
  StepResult run(const Batch& batch, double lr);

 private:
  SegmentationModelImpl& model_;
  Adam& optimizer_;
  const Device& device_;
  Normalisation normalisation_;
};

}  // namespace segfold
