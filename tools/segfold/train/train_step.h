#pragma once

#include "segfold/nn/device.h"
#include "segfold/nn/model.h"
#include "segfold/nn/model_file.h"
#include "segfold/train/loader.h"
#include "segfold/train/loss.h"

namespace segfold {

/// What one batch measured.
struct StepResult {
  double loss = 0;          ///< what is minimised, over the labelled pixels of the batch
  std::int64_t pixels = 0;  ///< labelled ones
  double weight = 0;        ///< what the batch counts among others: its labelled pixels, each by its class's weight
};

/// What a batch's gradients are those of.
enum class GradientOf {
  kLoss,         ///< the loss
  kWeightedLoss  ///< the loss times the batch's weight: the sum over batches, divided by the sum of their weights, is
                 ///< the gradient of all their pixels together
};

/// Forward and backward of one batch: normalise, forward, loss, backward. Knows what of the model is frozen, too.
class TrainStep {
 public:
  /// All must outlive this object; `model` is prepared for `device` (prepare_module).
  /// @param auxiliary_weight  of the auxiliary head's loss, where the model has such a head
  TrainStep(SegmentationModelImpl& model, const SegmentationLoss& loss, const Device& device,
            Normalisation normalisation, double auxiliary_weight = 0)
      : model_(model),
        loss_(loss),
        device_(device),
        normalisation_(normalisation),
        auxiliary_weight_(auxiliary_weight) {}

  /// A frozen encoder gets no gradients and its normalisations keep their statistics.
  void freeze_encoder(bool frozen);

  /// From now on batch normalisations keep their statistics and weights, in the whole network.
  void freeze_norms();

  /// Adds the batch's gradients to those in the parameters.
  StepResult gradients(const Batch& batch, GradientOf of = GradientOf::kLoss);

 private:
  SegmentationModelImpl& model_;
  const SegmentationLoss& loss_;
  const Device& device_;
  Normalisation normalisation_;
  double auxiliary_weight_;
  bool frozen_ = false;
  bool norms_frozen_ = false;
};

}  // namespace segfold
