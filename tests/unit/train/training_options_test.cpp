#include "segfold/train/training_options.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"

namespace segfold {
namespace {

TEST(TrainingOptions, DefaultsAreTheStudys) {
  const TrainingOptions options;
  EXPECT_NO_THROW(options.check());
  EXPECT_EQ(options.epochs, 65);
  EXPECT_EQ(options.batch_size, 2);
  EXPECT_EQ(options.lr, 1e-4);
  EXPECT_EQ(options.schedule.plateau.factor, 0.1);
  EXPECT_EQ(options.schedule.plateau.patience, 10);
  EXPECT_EQ(options.schedule.plateau.threshold, 1e-4);
}

TEST(TrainingOptions, RefusesAbsurdValues) {
  const auto refused = [](auto change) {
    TrainingOptions options;
    change(options);
    EXPECT_THROW(options.check(), UsageError);
  };
  refused([](TrainingOptions& o) { o.lr = -1e-4; });
  refused([](TrainingOptions& o) { o.lr = std::nan(""); });
  refused([](TrainingOptions& o) { o.epochs = 0; });
  refused([](TrainingOptions& o) { o.batch_size = 0; });
  refused([](TrainingOptions& o) { o.low_res_every = 0; });
  refused([](TrainingOptions& o) { o.optimizer.weight_decay = -1; });
  refused([](TrainingOptions& o) { o.transform.augment.flip = 2; });
  refused([](TrainingOptions& o) { o.steps = 0; });
  refused([](TrainingOptions& o) { o.accumulate = 0; });
  refused([](TrainingOptions& o) { o.ema = 1; });
  refused([](TrainingOptions& o) { o.freeze_encoder_epochs = 66; });
  refused([](TrainingOptions& o) {
    o.schedule.kind = ScheduleKind::kPoly;
    o.schedule.lr_floor = 1e-3;  // above the rate
  });
}

TEST(TrainingOptions, NormaliseByTheArchitecture) {
  TrainingOptions options;
  EXPECT_EQ(options.used_normalisation().mean, Normalisation{}.mean);
  options.model.architecture = Architecture::kUNet;
  EXPECT_EQ(options.used_normalisation().std, kUnitNormalisation.std);
  options.normalisation = Normalisation{};
  EXPECT_EQ(options.used_normalisation().mean, Normalisation{}.mean);
}

TEST(TrainingLength, CountsTheLastShorterBatchAndTheLastShorterUpdate) {
  TrainingOptions options;
  options.epochs = 3;
  options.batch_size = 2;
  options.accumulate = 4;
  const TrainingLength length(options, 11);  // batches of 2, 2, 2, 2, 2, 1: updates of 4 and 2 batches
  EXPECT_EQ(length.updates_per_epoch(), 2);
  EXPECT_EQ(length.updates(), 6);
  EXPECT_EQ(length.epochs(), 3);
  EXPECT_EQ(length.batches_in(3), 6);
  EXPECT_EQ(length.updates_before(3, 0), 4);
  EXPECT_EQ(length.updates_before(3, 5), 5);
  EXPECT_EQ(length.images_before(1), 0);
  EXPECT_EQ(length.images_before(4), 33);
}

TEST(TrainingLength, StepsEndWithinAnEpoch) {
  TrainingOptions options;
  options.batch_size = 2;
  options.steps = 7;
  const TrainingLength length(options, 10);  // 5 updates an epoch
  EXPECT_EQ(length.epochs(), 2);
  EXPECT_EQ(length.batches_in(1), 5);
  EXPECT_EQ(length.batches_in(2), 2);
  EXPECT_EQ(length.images_before(2), 10);
  EXPECT_EQ(length.images_before(3), 14);  // what the progress is out of
}

TEST(NeededMemory, GrowsAsWasMeasured) {
  TrainingOptions options;
  const auto gigabytes = [&](Size images, Precision precision) {
    return static_cast<double>(options.needed_memory(images, precision)) / 1e9;
  };
  // Peaks of trainings on two threads: 2.39, 1.92, 4.94 and 2.16 GB; of the plain network 2.67 and 1.45 GB.
  EXPECT_NEAR(gigabytes({256, 512}, Precision::kFp32), 2.39, 0.25);
  EXPECT_NEAR(gigabytes({256, 512}, Precision::kBf16), 1.92, 0.25);
  EXPECT_NEAR(gigabytes({512, 1024}, Precision::kFp32), 4.94, 0.5);
  options.batch_size = 1;
  EXPECT_NEAR(gigabytes({512, 1024}, Precision::kBf16), 2.16, 0.25);
  options.batch_size = 2;
  options.model.architecture = Architecture::kUNet;
  EXPECT_NEAR(gigabytes({256, 512}, Precision::kFp32), 2.67, 0.25);
  options.model.width = 32;
  options.batch_size = 4;
  EXPECT_NEAR(gigabytes({256, 512}, Precision::kBf16), 1.45, 0.2);
}

}  // namespace
}  // namespace segfold
