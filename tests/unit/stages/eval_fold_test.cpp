#include "segfold/stages/eval_fold.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/history.h"
#include "segfold/data/labels.h"
#include "segfold/image/codec.h"
#include "segfold/nn/model_file.h"
#include "segfold/report/figure.h"
#include "segfold/score/metrics.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_training.h"

namespace segfold {
namespace {

class EvalFold : public testing::SmallTraining {
 protected:
  EvalFold() { train_fold(training()); }

  EvalFoldOptions evaluation() const {
    EvalFoldOptions options;
    options.model = training().output;
    options.shards = {folder_ / "val.h5"};
    options.output = folder_ / "metrics.json";
    options.device = "cpu";
    options.threads = 1;
    return options;
  }
  EvalFoldOptions held_out() const {
    EvalFoldOptions options = evaluation();
    options.shards = {folder_ / "train.h5"};
    options.folds = folder_ / "folds.json";
    options.fold = 1;
    return options;
  }
};

TEST_F(EvalFold, ScoresTheWholeSplitAsTheTrainingDid) {
  eval_fold(evaluation());
  const SealedMetrics scored = read_metrics(folder_ / "metrics.json");
  EXPECT_EQ(scored.metrics.split, "all");
  EXPECT_EQ(scored.metrics.per_image.size(), 2U);
  EXPECT_EQ(scored.metrics.resolution, "32x48");
  for (const ImageCounts& image : scored.metrics.per_image) EXPECT_TRUE(image.fine.has_value()) << image.name;
  EXPECT_EQ(scored.metrics.confusion.mean_iou(), read_history(training().history).rows.back().fullres_miou);
  EXPECT_EQ(scored.seal.inputs.at("model_run"), read_model(training().output).info.seal.run_digest());
}

TEST_F(EvalFold, ScoresOnlyWhatTheFoldHeldOut) {
  eval_fold(held_out());
  const SealedMetrics scored = read_metrics(folder_ / "metrics.json");
  EXPECT_EQ(scored.metrics.split, "held-out");
  EXPECT_EQ(scored.metrics.fold, 1);
  std::vector<std::string> names;
  for (const ImageCounts& image : scored.metrics.per_image) names.push_back(image.name);
  EXPECT_EQ(names, read_folds(folder_ / "folds.json").held_out[1]);
  EXPECT_EQ(scored.metrics.confusion.mean_iou(), read_history(training().history).rows.back().lowres_miou);
}

TEST_F(EvalFold, GivesEqualBytesEachTime) {
  eval_fold(evaluation());
  const std::string first = read_file(folder_ / "metrics.json");
  eval_fold(evaluation());
  EXPECT_EQ(read_file(folder_ / "metrics.json"), first);
}

TEST_F(EvalFold, WritesRawIdsForTheBenchmarkServer) {
  EvalFoldOptions options = evaluation();
  options.predictions = folder_ / "predictions";
  eval_fold(options);
  const Metrics metrics = read_metrics(options.output).metrics;
  ConfusionMatrix confusion(kClasses);
  for (int i = 0; i < 2; ++i) {
    const std::string name = "validation_00000" + std::to_string(i) + "_000019";
    const auto path = options.predictions / (name + "_predictionLabelIds.png");
    EXPECT_EQ(read_figure_seal(path).tool, "eval-fold");
    const Image ids = read_label_png(path);
    const ShardSample truth = testing::coloured_sample(name, {32, 48});
    for (std::size_t p = 0; p < ids.pixels.size(); ++p) {
      if (truth.label[p] != kIgnore) ++confusion.at(truth.label[p], train_id_from_raw_id()[ids.pixels[p]]);
    }
  }
  EXPECT_EQ(confusion, metrics.confusion);
}

TEST_F(EvalFold, RefusesSamplesThatTheModelWasTrainedOn) {
  EvalFoldOptions options = held_out();
  options.fold = 0;
  testing::expect_error<DataError>([&] { eval_fold(options); }, {"held out fold 1, not 0"});
  options.fold = 7;
  testing::expect_error<UsageError>([&] { eval_fold(options); }, {"--fold 7", "0 to 2"});
  options.fold.reset();
  testing::expect_error<UsageError>([&] { eval_fold(options); }, {"--folds and --fold"});
}

TEST_F(EvalFold, RefusesOtherFoldsThanThoseOfTheTraining) {
  std::vector<SplitSample> samples;
  for (const std::string& name : testing::sample_names(2, 3)) samples.push_back({name, name.substr(0, 5), {}});
  Seal seal;
  seal.tool = "split-folds";
  EvalFoldOptions options = held_out();
  options.folds = folder_ / "other.json";
  write_folds(options.folds, split_samples(samples, 3, 7, SplitStrategy::kShuffle), seal);
  testing::expect_error<DataError>([&] { eval_fold(options); }, {"trained with other folds than", "other.json"});
}

TEST_F(EvalFold, RefusesShardsOfAnotherSize) {
  testing::write_coloured_shard(folder_ / "other.h5", {"a_000000_000000"}, {40, 48});
  EvalFoldOptions options = evaluation();
  options.shards = {folder_ / "other.h5"};
  testing::expect_error<DataError>([&] { eval_fold(options); }, {"32x48", "40x48", "preprocess"});
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST_F(EvalFold, ReplacesAFolderOfPredictionsAsAWhole) {
  EvalFoldOptions options = evaluation();
  options.predictions = folder_ / "predictions";
  std::filesystem::create_directory(options.predictions);
  write_file(options.predictions / "older_predictionLabelIds.png", "of another model");
  eval_fold(options);
  EXPECT_FALSE(std::filesystem::exists(options.predictions / "older_predictionLabelIds.png"));
  std::filesystem::create_directory(options.predictions / "@eaDir");
  EXPECT_NO_THROW(eval_fold(options));
  write_file(options.predictions / "notes.txt", "mine");
  testing::expect_error<CannotCreateError>([&] { eval_fold(options); }, {"notes.txt", "replaces its folder"});
  EXPECT_EQ(read_file(options.predictions / "notes.txt"), "mine");
}

TEST_F(EvalFold, ScoresNothingAsUndefined) {
  testing::write_coloured_shard(folder_ / "val.h5", {"validation_000000_000019"}, {32, 48}, "validation");
  configure_log("test", Verbosity::kNormal);
  ::testing::internal::CaptureStderr();
  eval_fold(evaluation());
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("mIoU undefined"), std::string::npos);
  EXPECT_TRUE(read_json(folder_ / "metrics.json")["miou"].is_null());
}

TEST_F(EvalFold, ADryRunTellsWhetherTheOutputIsWhatItWouldMake) {
  EvalFoldOptions options = held_out();
  options.dry_run = true;
  EXPECT_THROW(eval_fold(options), NotFoundError);
  eval_fold(held_out());
  EXPECT_NO_THROW(eval_fold(options));
  options.resolution = Resolution::kInput;
  testing::expect_error<DataError>([&] { eval_fold(options); },
                                   {"metrics.json", "resolution is \"full\", not \"low\""});
}

}  // namespace
}  // namespace segfold
