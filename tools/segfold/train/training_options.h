#pragma once

#include <cstdint>
#include <optional>

#include "segfold/nn/model_options.h"
#include "segfold/nn/normalisation.h"
#include "segfold/nn/precision.h"
#include "segfold/train/learning_rate.h"
#include "segfold/train/loss_options.h"
#include "segfold/train/optimizer_options.h"
#include "segfold/train/transform.h"

namespace segfold {

/// Hyper-parameters: what shapes the result. The defaults are the study's.
struct TrainingOptions {
  ModelOptions model;
  int epochs = 65;
  std::optional<std::int64_t> steps;  ///< updates of the whole training; instead of epochs, the last of which may end
                                      ///< early
  int batch_size = 2;
  int accumulate = 1;  ///< batches whose gradients' mean makes one update
  double lr = 1e-4;
  ScheduleOptions schedule;
  OptimizerOptions optimizer;
  LossOptions loss;
  double ema = 0;                 ///< decay of the average of the weights that is scored and written; 0 = none, [0, 1)
  int freeze_encoder_epochs = 0;  ///< first epochs in which the encoder stays as it is, BatchNorm's statistics too
  double auxiliary_weight = 0;    ///< of an auxiliary head's loss; 0 = no such head
  bool frozen_norms = false;      ///< batch normalisations keep the statistics and weights they begin with
  TransformOptions transform;
  std::optional<Normalisation> normalisation;  ///< absent: the architecture's
  std::uint64_t seed = 1;
  int low_res_every = 5;    ///< epochs between mIoUs on the held-out fold, at the input size
  int full_res_every = 10;  ///< epochs between mIoUs on the official split, at the labels' size
  void check() const;

  /// What images are normalised by: ImageNet's mean and deviation for a network whose encoder may come from there, none
  /// (values in [0, 1]) for the plain unet.
  Normalisation used_normalisation() const;

  /// Estimate of the bytes of memory that such a training takes on a CPU: libraries, weights with their gradients,
  /// moments and copies, feature maps. @param images  as they lie in the shards
  std::uint64_t needed_memory(Size images, Precision precision) const;
};

/// Lengths of a training. A batch is one step forward and backward, an update one change of the weights. Epochs count
/// from 1.
class TrainingLength {
 public:
  TrainingLength(const TrainingOptions& options, std::int64_t samples);

  int epochs() const { return epochs_; }
  /// Updates of the whole training.
  std::int64_t updates() const { return updates_; }
  /// Updates of a whole epoch, the last of which may have fewer batches.
  std::int64_t updates_per_epoch() const { return updates_per_epoch_; }
  /// Batches of an epoch, the last of which may be shorter; fewer in the last epoch where the steps are counted.
  std::int64_t batches_in(int epoch) const;
  /// Updates of all epochs before this one and of its first `batches`, an update half gathered not counted.
  std::int64_t updates_before(int epoch, std::int64_t batches) const;
  /// Images of all epochs before this one.
  std::int64_t images_before(int epoch) const;

 private:
  std::int64_t samples_;
  std::int64_t batch_size_;
  std::int64_t accumulate_;
  std::int64_t batches_per_epoch_;
  std::int64_t updates_per_epoch_;
  std::int64_t updates_;
  int epochs_;
};

}  // namespace segfold
