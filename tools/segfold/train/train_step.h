#pragma once

#include "segfold/nn/device.h"
#include "segfold/nn/model.h"
#include "segfold/nn/model_file.h"
#include "segfold/train/loader.h"
#include "segfold/train/loss.h"

namespace segfold {

/// What one batch measured.
struct StepResult {
  double loss = 0;          ///< what is minimised; a mean over pixels
  std::int64_t pixels = 0;  ///< labelled ones
};

/// Forward and backward of one batch: normalise, forward, loss, backward. Holds no state beyond the model's.
class TrainStep {
 public:
  /// All must outlive this object; `model` is prepared for `device` (prepare_module).
  TrainStep(SegmentationModelImpl& model, const SegmentationLoss& loss, const Device& device,
            Normalisation normalisation)
      : model_(model), loss_(loss), device_(device), normalisation_(normalisation) {}

  /// A frozen encoder gets no gradients and its BatchNorm layers keep their statistics.
  void freeze_encoder(bool frozen);

  /// Adds `share` of the batch's gradients to those in the parameters.
  StepResult gradients(const Batch& batch, double share = 1);

 private:
  SegmentationModelImpl& model_;
  const SegmentationLoss& loss_;
  const Device& device_;
  Normalisation normalisation_;
  bool frozen_ = false;
};

}  // namespace segfold
