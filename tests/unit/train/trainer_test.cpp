#include "segfold/train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <torch/cuda.h>

#include <algorithm>
#include <limits>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/signals.h"
#include "segfold/nn/precision.h"
#include "tests/support/coloured_shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_model_info.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

/// A training small enough for a second: 6 samples to train on, 2 held out.
class Training : public ::testing::Test {
 protected:
  Training() {
    configure_log("test", Verbosity::kQuiet);
    testing::write_coloured_shard(folder_ / "a.h5", testing::sample_names(2, 4));
    shards_.emplace(std::vector<std::filesystem::path>{folder_ / "a.h5"});
    options_.model.architecture = Architecture::kUNet;
    options_.model.width = 4;
    options_.epochs = 4;
    options_.lr = 3e-3;
    options_.low_res_every = 2;
    options_.full_res_every = 3;
  }

  struct Settings {
    int workers = 1;
    std::optional<int> stop_after_epoch;
    Precision precision = Precision::kFp32;
    std::string state = "state";
    bool with_official = true;
    std::string device = "cpu";
    std::function<void(const TrainingResult&)> on_done;
  };

  TrainingResult run(const Settings& settings) {
    const Device device = Device::claim(settings.device);
    const StateFolder state(folder_ / settings.state, "digest", false);
    const TrainingData data{*shards_, {0, 1, 2, 4, 5, 6}, {3, 7}, settings.with_official ? &*shards_ : nullptr, 0};
    best_.clear();
    return train(options_, data,
                 {device, settings.precision, 1, settings.workers, settings.stop_after_epoch, state, "t",
                  [&](const StateDict& weights, int epoch) {
                    best_.push_back(epoch);
                    write_model(state.best(), weights, testing::small_model_info());
                  },
                  settings.on_done});
  }

  static void expect_equal(const TrainingResult& a, const TrainingResult& b) {
    ASSERT_EQ(a.weights.size(), b.weights.size());
    for (std::size_t i = 0; i < a.weights.size(); ++i) {
      EXPECT_TRUE(torch::equal(a.weights[i].second, b.weights[i].second)) << a.weights[i].first;
    }
    ASSERT_EQ(a.history.size(), b.history.size());
    for (std::size_t i = 0; i < a.history.size(); ++i) {
      EXPECT_EQ(a.history[i].train_loss, b.history[i].train_loss);
      EXPECT_EQ(a.history[i].val_loss, b.history[i].val_loss);
      EXPECT_EQ(a.history[i].lowres_miou, b.history[i].lowres_miou);
      EXPECT_EQ(a.history[i].fullres_miou, b.history[i].fullres_miou);
    }
  }

  static std::int64_t batches_seen(const StateDict& weights) {
    for (const auto& [name, value] : weights) {
      if (name == "encoder.0.bn1.num_batches_tracked") return value.item<std::int64_t>();
    }
    return -1;
  }

  testing::TemporaryFolder folder_;
  std::optional<ShardSet> shards_;
  TrainingOptions options_;
  std::vector<int> best_;
};

TEST_F(Training, LearnsAColouredScene) {
  options_.epochs = 30;
  options_.lr = 1e-2;
  const TrainingResult result = run({});
  EXPECT_LT(result.history.back().train_loss, 0.3 * result.history.front().train_loss);
  EXPECT_GT(*result.history.back().lowres_miou, 0.8);
}

TEST_F(Training, ScoresWhenItIsDueAndAtTheLastEpoch) {
  const auto history = run({}).history;
  ASSERT_EQ(history.size(), 4U);
  for (const HistoryRow& row : history) {
    EXPECT_TRUE(row.val_loss.has_value());
    EXPECT_EQ(row.lowres_miou.has_value(), row.epoch == 2 || row.epoch == 4);
    EXPECT_EQ(row.fullres_miou.has_value(), row.epoch == 3 || row.epoch == 4);
  }
}

TEST_F(Training, IsTheSameWhateverTheNumberOfWorkers) {
  expect_equal(run({.workers = 1, .state = "a"}), run({.workers = 4, .state = "b"}));
}

TEST_F(Training, FourEpochsEqualTwoAndTwoMore) {
  const TrainingResult whole = run({.state = "a"});
  testing::expect_error<InterruptedError>([&] { run({.stop_after_epoch = 2, .state = "b"}); },
                                          {"epoch 3 of 4", "the same command"});
  expect_equal(whole, run({.state = "b"}));
}

TEST_F(Training, ResumesInBfloat16Too) {
  const TrainingResult whole = run({.precision = Precision::kBf16, .state = "a"});
  EXPECT_THROW(run({.stop_after_epoch = 1, .precision = Precision::kBf16, .state = "b"}), InterruptedError);
  expect_equal(whole, run({.precision = Precision::kBf16, .state = "b"}));
}

TEST_F(Training, LearnsOnAGpuAndGoesOnThere) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no GPU here";
  options_.epochs = 30;
  options_.lr = 1e-2;
  for (const Precision precision : {Precision::kFp32, Precision::kBf16}) {
    const std::string state(precision_name(precision));
    EXPECT_THROW(run({.stop_after_epoch = 15, .precision = precision, .state = state, .device = "cuda"}),
                 InterruptedError);
    const TrainingResult result = run({.precision = precision, .state = state, .device = "cuda"});
    ASSERT_EQ(result.history.size(), 30U);
    EXPECT_LT(result.history.back().train_loss, 0.3 * result.history.front().train_loss);
    EXPECT_GT(*result.history.back().lowres_miou, 0.8);
  }
}

TEST_F(Training, StopsBetweenStepsOnASignalAndGoesOnExactlyThere) {
  const TrainingResult whole = run({.state = "a"});
  const SignalGuard guard;
  ::raise(SIGTERM);
  testing::expect_error<InterruptedError>([&] { run({.state = "b"}); }, {"epoch 1 of 4 after 1 steps"});
  const SignalGuard again;  // a new start has seen no signal
  expect_equal(whole, run({.state = "b"}));
}

TEST_F(Training, BestIsTheFirstOfTheLargestScores) {
  options_.low_res_every = 1;
  const TrainingResult result = run({});
  double best = -1;
  int epoch = 0;
  for (const HistoryRow& row : result.history) {
    if (*row.lowres_miou > best) {
      best = *row.lowres_miou;
      epoch = row.epoch;
    }
  }
  EXPECT_EQ(result.best_epoch, epoch);
  EXPECT_EQ(best_.back(), epoch);
}

TEST_F(Training, TheLastShorterBatchTrainsAndCounts) {
  options_.batch_size = 4;  // 6 samples: 4 and 2
  options_.epochs = 1;
  const StateDict both = run({.state = "a", .with_official = false}).weights;
  options_.batch_size = 6;
  const StateDict one = run({.state = "b", .with_official = false}).weights;
  EXPECT_EQ(batches_seen(both), 2);
  EXPECT_EQ(batches_seen(one), 1);
}

TEST_F(Training, ResumesWithEverythingThatChangesFromStepToStep) {
  options_.ema = 0.9;
  options_.accumulate = 2;
  options_.optimizer.kind = OptimizerKind::kAdamW;
  options_.schedule = {.kind = ScheduleKind::kPoly, .warmup_steps = 2};
  options_.freeze_encoder_epochs = 2;
  options_.transform.occlusion.probability = 1;
  const TrainingResult whole = run({.state = "a"});
  EXPECT_THROW(run({.stop_after_epoch = 1, .state = "b"}), InterruptedError);
  const SignalGuard guard;
  ::raise(SIGTERM);
  EXPECT_THROW(run({.state = "b"}), InterruptedError);  // within the second epoch
  const SignalGuard again;
  expect_equal(whole, run({.state = "b"}));
}

TEST_F(Training, RefusesAWarmUpThatNeverEnds) {
  options_.schedule = {.kind = ScheduleKind::kPoly, .warmup_steps = 12};  // 4 epochs of 3 updates
  testing::expect_error<UsageError>([&] { run({}); }, {"--warmup-steps 12", "12 updates"});
}

TEST_F(Training, OneUpdateTakesAsManyBatchesAsAreAccumulated) {
  options_.epochs = 1;
  options_.steps = 1;
  options_.accumulate = 3;
  const TrainingResult three = run({.state = "a", .with_official = false});
  EXPECT_EQ(three.history.size(), 1U);
  EXPECT_EQ(batches_seen(three.weights), 3);
}

TEST_F(Training, StepsEndATrainingWithinAnEpoch) {
  options_.steps = 5;  // three updates an epoch
  const TrainingResult result = run({});
  EXPECT_EQ(result.epochs, 2);
  EXPECT_EQ(result.history.size(), 2U);
  EXPECT_EQ(batches_seen(result.weights), 5);
}

TEST_F(Training, AnAveragedNetworkIsNoWorseThanTheLastOne) {
  options_.epochs = 30;
  options_.lr = 1e-2;
  options_.low_res_every = 30;
  const double last = *run({.state = "a"}).history.back().lowres_miou;
  options_.ema = 0.998;  // of 90 updates: most of its weight would lie on the beginning
  const TrainingResult averaged = run({.state = "b"});
  EXPECT_GT(*averaged.history.back().lowres_miou, last - 0.02);
}

TEST_F(Training, ScoresAndWritesTheAverageOfWeights) {
  options_.ema = 0.99;
  const TrainingResult averaged = run({.state = "a"});
  options_.ema = 0;
  const TrainingResult plain = run({.state = "b"});
  EXPECT_EQ(averaged.history.front().train_loss, plain.history.front().train_loss);  // training itself is the same
  EXPECT_NE(averaged.history.back().val_loss, plain.history.back().val_loss);
  EXPECT_FALSE(torch::equal(averaged.weights.front().second, plain.weights.front().second));
}

TEST_F(Training, IsNotLostWhenItsResultsCannotBeWritten) {
  const TrainingResult whole = run({.state = "a"});
  EXPECT_THROW(run({.state = "b", .on_done = [](const TrainingResult&) { throw IoError("disk full"); }}), IoError);
  best_.clear();
  int handed_over = 0;
  configure_log("test", Verbosity::kNormal);
  ::testing::internal::CaptureStderr();
  expect_equal(whole, run({.state = "b", .on_done = [&](const TrainingResult&) { ++handed_over; }}));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), ::testing::HasSubstr("what is left are the outputs"));
  EXPECT_EQ(handed_over, 1);
  EXPECT_TRUE(best_.empty());  // no epoch was trained again
}

TEST_F(Training, ADamagedBestIsToldBeforeAnotherEpochIsTrained) {
  options_.low_res_every = 1;
  EXPECT_THROW(run({.stop_after_epoch = 2}), InterruptedError);
  const std::filesystem::path best = folder_ / "state" / "digest" / "best.safetensors";
  std::string bytes = read_file(best);
  bytes[bytes.size() - 5] ^= 1;
  write_file(best, bytes);
  testing::expect_error<DataError>([&] { run({}); }, {"--fresh", "best.safetensors"});
  std::filesystem::remove(best);
  testing::expect_error<NotFoundError>([&] { run({}); }, {"--fresh", "best.safetensors"});
}

TEST_F(Training, AFinishedOneIsHandedOverWhateverHappenedToItsBest) {
  EXPECT_THROW(run({.on_done = [](const TrainingResult&) { throw IoError("disk full"); }}), IoError);
  write_file(folder_ / "state" / "digest" / "best.safetensors", "damaged");
  int handed_over = 0;
  run({.on_done = [&](const TrainingResult&) { ++handed_over; }});
  EXPECT_EQ(handed_over, 1);
}

TEST_F(Training, StopsAtALossThatIsNotFinite) {
  EXPECT_THROW(run({.stop_after_epoch = 1}), InterruptedError);
  {
    const StateFolder state(folder_ / "state", "digest", false);
    auto saved = state.load();
    for (auto& [name, value] : saved->tensors) {
      if (name == "master.head.bias") value.fill_(std::numeric_limits<float>::infinity());
    }
    state.save(*saved);
  }
  testing::expect_error<DataError>([&] { run({}); }, {"epoch 2, step 1", "city", "lower --lr"});
}

TEST_F(Training, ValidationLeavesNoTraceInTheWeights) {
  options_.low_res_every = 1;
  options_.full_res_every = 1;
  const TrainingResult often = run({.state = "a"});
  options_.low_res_every = 100;
  options_.full_res_every = 100;
  const TrainingResult seldom = run({.state = "b"});
  for (std::size_t i = 0; i < often.weights.size(); ++i) {
    EXPECT_TRUE(torch::equal(often.weights[i].second, seldom.weights[i].second)) << often.weights[i].first;
  }
}

TEST_F(Training, TheLossOfAnEpochIsTheMeanOverItsPixels) {
  options_.lr = 1e-12;  // this and normalisation by groups: a sample's loss does not depend on its batch
  options_.epochs = 1;
  options_.model.norm = NormKind::kGroup;
  options_.batch_size = 4;  // 6 samples: 4 and 2
  const double uneven = run({.state = "a", .with_official = false}).history[0].train_loss;
  options_.batch_size = 6;
  EXPECT_NEAR(uneven, run({.state = "b", .with_official = false}).history[0].train_loss, 1e-5);
}

TEST_F(Training, AccumulatedBatchesGiveTheUpdateOfAllTheirPixels) {
  options_.epochs = 1;
  options_.lr = 0.1;
  options_.model.norm = NormKind::kGroup;
  options_.optimizer.kind = OptimizerKind::kSgd;
  options_.transform.augment.scale_min = 0.5;  // unequally many labelled pixels
  options_.batch_size = 2;
  options_.accumulate = 3;
  const TrainingResult parts = run({.state = "a", .with_official = false});
  options_.accumulate = 1;
  options_.batch_size = 6;
  const TrainingResult whole = run({.state = "b", .with_official = false});
  EXPECT_TRUE(torch::allclose(parts.weights.front().second, whole.weights.front().second, 1e-4, 1e-5));
}

TEST_F(Training, TheBestScoreOutlivesEpochsAndStops) {
  options_.low_res_every = 1;
  EXPECT_THROW(run({.stop_after_epoch = 1}), InterruptedError);
  {
    const StateFolder state(folder_ / "state", "digest", false);
    auto saved = state.load();
    saved->best_miou = 1.1;  // no later epoch can be better
    state.save(*saved);
  }
  EXPECT_EQ(run({}).best_epoch, 1);
  EXPECT_TRUE(best_.empty());
}

TEST_F(Training, APlateauIsMeasuredOncePerEpochAndOutlivesStops) {
  options_.schedule.plateau = {.factor = 0.1, .patience = 0, .threshold = 0.99};  // every epoch but the first is bad
  EXPECT_THROW(run({.stop_after_epoch = 3}), InterruptedError);
  std::vector<double> rates;
  for (const HistoryRow& row : run({}).history) rates.push_back(row.lr);
  EXPECT_EQ(rates, (std::vector<double>{3e-3, 3e-3, 3e-3 * 0.1, 3e-3 * 0.1 * 0.1}));
}

TEST_F(Training, AnEncoderIsFrozenForAsManyEpochsAsAsked) {
  const auto encoder_after = [&](int epochs, const std::string& state) {
    options_.epochs = epochs;
    options_.freeze_encoder_epochs = std::min(epochs, 2);
    const StateDict weights = run({.state = state, .with_official = false}).weights;
    return std::ranges::find(weights, "encoder.0.conv1.weight", &StateDict::value_type::first)->second;
  };
  const torch::Tensor first = encoder_after(1, "a");
  EXPECT_TRUE(torch::equal(encoder_after(2, "b"), first));
  EXPECT_FALSE(torch::equal(encoder_after(3, "c"), first));
}

TEST_F(Training, FrozenNormalisationsSeeNoBatch) {
  options_.frozen_norms = true;
  EXPECT_EQ(batches_seen(run({.with_official = false}).weights), 0);
}

}  // namespace
}  // namespace segfold
