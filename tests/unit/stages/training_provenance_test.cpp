#include "segfold/stages/training_provenance.h"

#include <gtest/gtest.h>

#include "tests/support/small_training.h"

namespace segfold {
namespace {

class TrainingProvenance : public testing::SmallTraining {
 protected:
  TrainingProvenance() : shards_(training().shards), data_{shards_, {0, 1}, {2}, nullptr, 1, {}} {}

  Json parameters(const TrainFoldOptions& options) const {
    return training_parameters(options, data_, Device::claim("cpu"), Precision::kFp32, 1);
  }

  ShardSet shards_;
  TrainingData data_;
};

TEST_F(TrainingProvenance, EveryHyperParameterThatActsShows) {
  using Change = std::function<void(TrainingOptions&)>;
  const std::vector<Change> changes{
      [](TrainingOptions& t) { t.lr *= 2; },
      [](TrainingOptions& t) { t.epochs += 1; },
      [](TrainingOptions& t) { t.steps = 5; },
      [](TrainingOptions& t) { t.batch_size += 1; },
      [](TrainingOptions& t) { t.accumulate += 1; },
      [](TrainingOptions& t) { t.seed += 1; },
      [](TrainingOptions& t) { t.ema = 0.9; },
      [](TrainingOptions& t) { t.freeze_encoder_epochs = 1; },
      [](TrainingOptions& t) { t.model.width += 1; },
      [](TrainingOptions& t) { t.model.dropout = 0; },
      [](TrainingOptions& t) { t.model.norm = NormKind::kGroup; },
      [](TrainingOptions& t) { t.frozen_norms = true; },
      [](TrainingOptions& t) { t.auxiliary_weight = 0.4; },
      [](TrainingOptions& t) { t.transform.crop.crop = Size{32, 32}; },
      [](TrainingOptions& t) { t.transform.occlusion.probability = 0.5; },
      [](TrainingOptions& t) { t.low_res_every += 1; },
      [](TrainingOptions& t) { t.full_res_every += 1; },
      [](TrainingOptions& t) { t.schedule.plateau.factor = 0.3; },
      [](TrainingOptions& t) { t.schedule.plateau.threshold = 0.3; },
      [](TrainingOptions& t) { t.transform.augment.scale_min = 0.7; },
      [](TrainingOptions& t) { t.transform.augment.brightness = 0; },
      [](TrainingOptions& t) { t.transform.augment.contrast = 0; },
      [](TrainingOptions& t) { t.transform.augment.saturation = 0; },
      [](TrainingOptions& t) { t.normalisation = Normalisation{}; },
      [](TrainingOptions& t) { t.loss.label_smoothing = 0.1; },
      [](TrainingOptions& t) { t.loss.kind = LossKind::kWeighted; },
      [](TrainingOptions& t) { t.loss.kind = LossKind::kCrossEntropyDice; },
      [](TrainingOptions& t) { t.optimizer.kind = OptimizerKind::kSgd; },
      [](TrainingOptions& t) { t.optimizer.weight_decay = 0.1; },
      [](TrainingOptions& t) { t.optimizer.encoder_lr_factor = 0.1; },
      [](TrainingOptions& t) { t.optimizer.clip_norm = 1; },
      [](TrainingOptions& t) { t.schedule.kind = ScheduleKind::kPoly; },
      [](TrainingOptions& t) { t.schedule.plateau.patience += 1; },
      [](TrainingOptions& t) { t.transform.augment.flip = 0; },
      [](TrainingOptions& t) { t.transform.augment.hue = 0; },
  };
  const Json plain = parameters(training());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    TrainFoldOptions options = training();
    changes[i](options.training);
    EXPECT_NE(parameters(options), plain) << "change " << i;
  }
}

TEST_F(TrainingProvenance, WhatActsOnlyBesideOthersShowsBesideThem) {
  using Change = std::function<void(TrainingOptions&)>;
  const std::vector<std::pair<Change, Change>> pairs{
      {[](TrainingOptions& t) { t.optimizer.kind = OptimizerKind::kSgd; },
       [](TrainingOptions& t) { t.optimizer.momentum = 0.5; }},
      {[](TrainingOptions& t) { t.schedule.kind = ScheduleKind::kPoly; },
       [](TrainingOptions& t) { t.schedule.poly_power = 2; }},
      {[](TrainingOptions& t) { t.schedule.kind = ScheduleKind::kCosine; },
       [](TrainingOptions& t) { t.schedule.lr_floor = 1e-5; }},
      {[](TrainingOptions& t) { t.schedule.kind = ScheduleKind::kConstant; },
       [](TrainingOptions& t) { t.schedule.warmup_steps = 2; }},
      {[](TrainingOptions& t) { t.loss.kind = LossKind::kCrossEntropyDice; },
       [](TrainingOptions& t) { t.loss.dice_weight = 2; }},
      {[](TrainingOptions& t) { t.loss.kind = LossKind::kWeighted; },
       [](TrainingOptions& t) { t.loss.class_weighting = ClassWeighting::kMedian; }},
      {[](TrainingOptions& t) { t.transform.crop.crop = Size{32, 32}; },
       [](TrainingOptions& t) { t.transform.crop.max_class_share = 0.5; }},
      {[](TrainingOptions& t) { t.transform.occlusion.probability = 1; },
       [](TrainingOptions& t) { t.transform.occlusion.fill = OcclusionFill::kNoise; }},
      {[](TrainingOptions& t) { t.transform.occlusion.probability = 1; },
       [](TrainingOptions& t) { t.transform.occlusion.area_max = 0.1; }},
  };
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    TrainFoldOptions options = training();
    pairs[i].first(options.training);
    const Json before = parameters(options);
    pairs[i].second(options.training);
    EXPECT_NE(parameters(options), before) << "pair " << i;
  }
}

TEST_F(TrainingProvenance, WhatDoesNotActDoesNotShow) {
  TrainFoldOptions options = training();
  const Json plain = parameters(options);
  options.training.loss.class_weighting = ClassWeighting::kInverse;  // the loss is not weighted
  options.training.schedule.poly_power = 2;                          // the schedule is plateau
  options.training.optimizer.momentum = 0.5;                         // the optimiser is Adam
  options.workers = 7;
  EXPECT_EQ(parameters(options), plain);
}

TEST_F(TrainingProvenance, NamesTheWeightOfEveryClass) {
  TrainFoldOptions options = training();
  options.training.loss.kind = LossKind::kWeighted;
  data_.class_weights.assign(19, 1.0);
  data_.class_weights[13] = 2.5;
  EXPECT_EQ(parameters(options)["loss"]["class_weights"]["car"], 2.5);
}

}  // namespace
}  // namespace segfold
