#pragma once

#include "segfold/data/folds.h"
#include "segfold/data/shard.h"
#include "segfold/nn/model_file.h"
#include "segfold/stages/train_fold.h"
#include "segfold/train/trainer.h"

namespace segfold {

/// Every parameter that shapes a training's result, for its seal: what is equal here and in the inputs' digests gives
/// equal bytes on a CPU; on a GPU some gradients are summed in no fixed order.
Json training_parameters(const TrainFoldOptions& options, const TrainingData& data, const Device& device,
                         Precision precision, int threads);

/// How samples were varied, for a seal; what is switched off is null.
Json transform_json(const TransformOptions& transform);

/// What the model file says, but for the epoch.
ModelInfo info_of_training(const TrainFoldOptions& options, const ShardSet& shards, const Folds& folds,
                           Precision precision, const Seal& seal);

}  // namespace segfold
