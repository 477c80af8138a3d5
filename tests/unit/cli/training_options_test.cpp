#include "segfold/cli/training_options.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold::cli {
namespace {

class TrainingOptionsOfTheLine : public ::testing::Test {
 protected:
  TrainingOptionsOfTheLine() {
    add_training(app_, training_);
    refuse_idle_options(app_, training_conditions(training_));
  }

  CLI::App app_;
  TrainingOptions training_;
};

TEST_F(TrainingOptionsOfTheLine, AreThoseOfTheStudyWhereNothingIsSaid) {
  app_.parse("");
  const TrainingOptions study;
  EXPECT_EQ(training_.epochs, study.epochs);
  EXPECT_EQ(training_.lr, study.lr);
  EXPECT_EQ(training_.schedule.kind, study.schedule.kind);
  EXPECT_FALSE(training_.normalisation.has_value());
}

TEST_F(TrainingOptionsOfTheLine, FillEveryPart) {
  app_.parse(
      "--arch unet --width 16 --steps 100 --schedule poly --poly-power 0.8 --optimizer sgd --momentum 0.7 "
      "--loss ce-dice --dice-weight 2 --norm frozen --seed 7 --full-res-every 3 --occlusion 0.5");
  EXPECT_EQ(training_.model.architecture, Architecture::kUNet);
  EXPECT_EQ(training_.model.width, 16);
  EXPECT_EQ(training_.steps, 100);
  EXPECT_EQ(training_.schedule.kind, ScheduleKind::kPoly);
  EXPECT_EQ(training_.schedule.poly_power, 0.8);
  EXPECT_EQ(training_.optimizer.kind, OptimizerKind::kSgd);
  EXPECT_EQ(training_.optimizer.momentum, 0.7);
  EXPECT_EQ(training_.loss.kind, LossKind::kCrossEntropyDice);
  EXPECT_EQ(training_.loss.dice_weight, 2);
  EXPECT_TRUE(training_.frozen_norms);
  EXPECT_EQ(training_.seed, 7U);
  EXPECT_EQ(training_.full_res_every, 3);
  EXPECT_EQ(training_.transform.occlusion.probability, 0.5);
}

TEST_F(TrainingOptionsOfTheLine, EachWayToWeighClassesHasItsWord) {
  const std::map<std::string, ClassWeighting> ways{{"inverse", ClassWeighting::kInverse},
                                                   {"median", ClassWeighting::kMedian},
                                                   {"effective", ClassWeighting::kEffective},
                                                   {"enet", ClassWeighting::kEnet}};
  for (const auto& [word, way] : ways) {
    app_.parse("--loss weighted-ce --class-weights " + word);
    EXPECT_EQ(training_.loss.class_weighting, way) << word;
  }
}

TEST_F(TrainingOptionsOfTheLine, NormalisationIsTheArchitecturesUnlessSaid) {
  app_.parse("--normalisation unit");
  ASSERT_TRUE(training_.normalisation.has_value());
  EXPECT_EQ(training_.normalisation->mean, kUnitNormalisation.mean);
  app_.parse("--normalisation auto");
  EXPECT_FALSE(training_.normalisation.has_value());
}

TEST_F(TrainingOptionsOfTheLine, EpochsAndStepsExcludeEachOther) {
  EXPECT_THROW(app_.parse("--epochs 3 --steps 100"), CLI::ExcludesError);
}

TEST_F(TrainingOptionsOfTheLine, AreRefusedWhereTheyWouldDoNothing) {
  const auto refused = [&](const std::string& line, const std::string& needs) {
    testing::expect_error<UsageError>([&] { app_.parse(line); }, {"does nothing without " + needs + ";"});
  };
  refused("--arch unet-resnet50 --width 16", "--arch unet");
  refused("--schedule poly --plateau-patience 3", "--schedule plateau");
  refused("--schedule cosine --poly-power 0.8", "--schedule poly");
  refused("--warmup-factor 0.1", "--warmup-steps");
  refused("--momentum 0.7", "--optimizer sgd");
  refused("--class-weights enet", "--loss weighted-ce");
  refused("--ce-weight 2", "--loss ce-dice");
  refused("--dice-weight 2", "--loss ce-dice");
  refused("--crop-scale-max 2", "--crop");
}

}  // namespace
}  // namespace segfold::cli
