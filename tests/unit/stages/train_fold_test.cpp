#include "segfold/stages/train_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/data/folds.h"
#include "segfold/data/history.h"
#include "segfold/nn/model_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_training.h"

namespace segfold {
namespace {

using TrainFold = testing::SmallTraining;

/// history.csv without its timing columns.
std::string scores_of(const std::filesystem::path& history) {
  auto rows = read_history(history).rows;
  for (HistoryRow& row : rows) row.seconds = row.images_per_second = row.data_wait = 0;
  return history_csv(rows);
}

TEST_F(TrainFold, LeavesWeightsBestWeightsAndHistoryAndNoState) {
  const TrainFoldOptions options = training();
  train_fold(options);
  const LoadedModel last = read_model(options.output);
  EXPECT_EQ(last.info.epoch, 2);
  EXPECT_EQ(last.info.fold, 1);
  EXPECT_EQ(last.info.experiment, "trial");
  EXPECT_EQ(last.info.folds_count, 3);
  EXPECT_EQ(last.info.seal.inputs.at("folds"), read_folds(options.folds).digest);
  EXPECT_TRUE(std::filesystem::exists(best_path(options.output)));
  const History history = read_history(options.history);
  EXPECT_EQ(history.rows.size(), 2U);
  EXPECT_EQ(history.seal.run_digest(), last.info.seal.run_digest());
  EXPECT_FALSE(std::filesystem::exists(options.state));
}

TEST_F(TrainFold, BestWeightsAreThoseOfTheirEpoch) {
  TrainFoldOptions options = training();
  options.training.lr = 1e-6;  // too little to change a score
  options.training.model.norm = NormKind::kGroup;
  train_fold(options);
  const auto rows = read_history(options.history).rows;
  ASSERT_GE(*rows[0].lowres_miou, *rows[1].lowres_miou);
  const LoadedModel best = read_model(best_path(options.output));
  EXPECT_EQ(best.info.epoch, 1);
  const LoadedModel last = read_model(options.output);
  EXPECT_FALSE(
      torch::equal(best.model->named_parameters()["head.weight"], last.model->named_parameters()["head.weight"]));
}

TEST_F(TrainFold, GivesEqualBytesWhateverTheWorkersAndPaths) {
  TrainFoldOptions options = training();
  train_fold(options);
  TrainFoldOptions other = training();
  other.workers = 3;
  other.output = folder_ / "elsewhere" / "other.pth";
  other.history = folder_ / "elsewhere" / "h.csv";
  other.state = folder_ / "other state";
  train_fold(other);
  EXPECT_EQ(read_file(options.output), read_file(other.output));
  EXPECT_EQ(read_file(best_path(options.output)), read_file(best_path(other.output)));
  EXPECT_EQ(scores_of(options.history), scores_of(other.history));
}

TEST_F(TrainFold, StoppedAndStartedAgainGivesTheSameBytes) {
  TrainFoldOptions options = training();
  train_fold(options);
  TrainFoldOptions other = training();
  other.output = folder_ / "b" / "x.pth";
  other.history = folder_ / "b" / "h.csv";
  other.stop_after_epoch = 1;
  EXPECT_THROW(train_fold(other), InterruptedError);
  EXPECT_FALSE(std::filesystem::exists(other.output));
  EXPECT_TRUE(std::filesystem::exists(other.state));
  other.stop_after_epoch.reset();
  train_fold(other);
  EXPECT_EQ(read_file(options.output), read_file(other.output));
  EXPECT_EQ(read_file(best_path(options.output)), read_file(best_path(other.output)));
  EXPECT_EQ(scores_of(options.history), scores_of(other.history));
}

TEST_F(TrainFold, GoesOnWhenTheOutputTakesAnotherForm) {
  TrainFoldOptions options = training();
  train_fold(options);
  TrainFoldOptions other = training();
  other.output = folder_ / "b" / "x.safetensors";
  other.stop_after_epoch = 1;
  EXPECT_THROW(train_fold(other), InterruptedError);
  other.output = folder_ / "b" / "x.pth";
  other.stop_after_epoch.reset();
  train_fold(other);
  EXPECT_EQ(read_file(best_path(options.output)), read_file(best_path(other.output)));
}

TEST_F(TrainFold, AnotherHyperParameterDoesNotMeetTheSavedState) {
  TrainFoldOptions options = training();
  options.stop_after_epoch = 1;
  EXPECT_THROW(train_fold(options), InterruptedError);
  options.training.lr = 0.5e-3;
  options.stop_after_epoch.reset();
  train_fold(options);
  EXPECT_EQ(read_history(options.history).rows[0].lr, 0.5e-3);
}

TEST_F(TrainFold, RefusesFoldsThatDoNotFit) {
  TrainFoldOptions options = training();
  options.fold = "3";
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"--fold 3", "folds 0 to 2"});
  options.fold = "one";
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"--fold one"});
  write_folds(options.folds,
              split_samples({{"stranger_000000_000019", "stranger", {}}, {"city0_000000_000019", "city0", {}}}, 2, 1,
                            SplitStrategy::kShuffle),
              {});
  options.fold = "0";
  testing::expect_error<DataError>([&] { train_fold(options); }, {"stranger_000000_000019", "none of the shards"});
}

TEST_F(TrainFold, WarnsWhereABatchIsLargerThanAllSamples) {
  TrainFoldOptions options = training();
  options.training.batch_size = 50;
  configure_log("test", Verbosity::kNormal);
  ::testing::internal::CaptureStderr();
  train_fold(options);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), ::testing::HasSubstr("--batch-size 50: an epoch is one step"));
}

TEST_F(TrainFold, RefusesASampleAloneInABatchThatIsTooSmallForIt) {
  testing::write_coloured_shard(folder_ / "small.h5", testing::sample_names(2, 3), {16, 16});
  TrainFoldOptions options = training();
  options.shards = {folder_ / "small.h5"};
  options.val_shards.clear();
  for (const int batch : {1, 3}) {  // of four samples
    options.training.batch_size = batch;
    testing::expect_error<UsageError>([&] { train_fold(options); }, {"--batch-size", "alone in a batch", "16x16"});
  }
  options.training.batch_size = 2;
  EXPECT_NO_THROW(train_fold(options));
}

TEST_F(TrainFold, RefusesImagesThatAreTooSmallForTheNetwork) {
  testing::write_coloured_shard(folder_ / "tiny.h5", testing::sample_names(2, 3), {8, 8});
  TrainFoldOptions options = training();
  options.shards = {folder_ / "tiny.h5"};
  options.val_shards.clear();
  testing::expect_error<DataError>([&] { train_fold(options); }, {"8x8", "too small for unet"});
}

TEST_F(TrainFold, SaysWhenTheBestWeightsOfASavedStateAreGone) {
  TrainFoldOptions options = training();
  options.stop_after_epoch = 1;
  EXPECT_THROW(train_fold(options), InterruptedError);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(options.state)) {
    if (entry.path().filename() == "best.safetensors") std::filesystem::remove(entry.path());
  }
  testing::expect_error<NotFoundError>([&] { train_fold(options); }, {"best.safetensors", "--fresh"});
}

TEST_F(TrainFold, RefusesTrainingLabelsOfAnotherSizeThanTheImages) {
  testing::write_noise_shard(folder_ / "large.h5", testing::sample_names(2, 3), {32, 48}, {64, 96});
  TrainFoldOptions options = training();
  options.shards = {folder_ / "large.h5"};
  testing::expect_error<DataError>([&] { train_fold(options); }, {"64x96", "32x48", "without --label-size"});
}

TEST_F(TrainFold, FineTunesTheWeightsOfTheSameFoldAndSaysSo) {
  train_fold(training());
  const LoadedModel start = read_model(training().output);
  TrainFoldOptions options = training();
  options.init = training().output;
  options.output = folder_ / "model" / "tuned.safetensors";
  options.training.freeze_encoder_epochs = options.training.epochs;
  train_fold(options);
  const LoadedModel tuned = read_model(options.output);
  EXPECT_EQ(tuned.info.seal.inputs.at("init"), start.info.seal.content);
  const auto before = start.model->named_parameters();
  const auto after = tuned.model->named_parameters();
  EXPECT_TRUE(torch::equal(before["encoder.0.conv1.weight"], after["encoder.0.conv1.weight"]));  // frozen
  EXPECT_FALSE(torch::equal(before["head.weight"], after["head.weight"]));
}

TEST_F(TrainFold, RefusesStartWeightsThatHaveSeenWhatIsHeldOut) {
  train_fold(training());  // holds out fold 1
  TrainFoldOptions options = training();
  options.init = training().output;
  options.output = folder_ / "model" / "tuned.pth";
  options.fold = "0";
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"--init", "held out fold 1", "--fold 0"});
}

TEST_F(TrainFold, RefusesStartWeightsOfAnotherNetwork) {
  train_fold(training());
  TrainFoldOptions options = training();
  options.init = training().output;
  options.output = folder_ / "model" / "tuned.pth";
  const int width = options.training.model.width;
  options.training.model.width = 2 * width;
  testing::expect_error<UsageError>(
      [&] { train_fold(options); },
      {fmt::format("a unet of width {}, --width asks for {}; choose the same", width, 2 * width)});
  options.training.model.architecture = Architecture::kUNetResNet50;
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"holds a unet, --arch asks for a unet-resnet50"});
}

TEST_F(TrainFold, RefusesStartWeightsOfOtherFoldsOfTheSameSamples) {
  train_fold(training());
  std::vector<SplitSample> samples;
  for (const std::string& name : testing::sample_names(2, 3)) samples.push_back({name, name.substr(0, 5), {}});
  Seal seal;
  seal.tool = "split-folds";
  write_folds(folder_ / "other.json", split_samples(samples, 3, 7, SplitStrategy::kShuffle), seal);
  TrainFoldOptions options = training();
  options.init = training().output;
  options.output = folder_ / "model" / "tuned.pth";
  options.folds = folder_ / "other.json";
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"--init", "other folds"});
}

TEST_F(TrainFold, KeepsTheClassWeightsInTheProvenance) {
  TrainFoldOptions options = training();
  options.training.loss.kind = LossKind::kWeighted;
  options.training.loss.class_weighting = ClassWeighting::kInverse;
  train_fold(options);
  const Json loss = read_model(options.output).info.seal.parameters["loss"];
  EXPECT_EQ(loss["class_weighting"], "inverse");
  EXPECT_EQ(loss["class_weights"].size(), 19U);
  EXPECT_EQ(loss["class_weights"]["bicycle"], 1.0);  // never occurs
  EXPECT_NE(loss["class_weights"]["road"], 1.0);
}

TEST_F(TrainFold, WritesNoAuxiliaryHead) {
  TrainFoldOptions options = training();
  options.training.auxiliary_weight = 0.4;
  options.training.model.norm = NormKind::kGroup;
  train_fold(options);
  const LoadedModel trained = read_model(options.output);
  EXPECT_EQ(trained.info.options.norm, NormKind::kGroup);
  for (const auto& item : trained.model->named_parameters()) EXPECT_FALSE(item.key().starts_with("auxiliary"));
}

TEST_F(TrainFold, FreezesNormalisationsOnlyOfWeightsThatHaveSome) {
  TrainFoldOptions options = training();
  options.training.frozen_norms = true;
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"--norm frozen", "--init"});
}

TEST_F(TrainFold, RefusesStartsThatDoNotFitTheNetwork) {
  TrainFoldOptions options = training();
  options.encoder_weights = folder_ / "resnet50.pth";
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"--encoder-weights", "--arch unet-resnet50"});
  options.training.model.architecture = Architecture::kUNetResNet50;
  options.init = folder_ / "unet.pth";
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"--init or --encoder-weights, not both"});
}

TEST_F(TrainFold, RefusesAPlateauWhereNothingIsHeldOut) {
  TrainFoldOptions options = training();
  options.fold = "all";
  testing::expect_error<UsageError>([&] { train_fold(options); }, {"--schedule poly, cosine or constant"});
  options.training.schedule.kind = ScheduleKind::kConstant;
  train_fold(options);
  EXPECT_FALSE(read_model(options.output).info.fold.has_value());
  EXPECT_FALSE(std::filesystem::exists(best_path(options.output)));
}

TEST_F(TrainFold, RefusesOutputsItCannotWriteBeforeItTrains) {
  TrainFoldOptions options = training();
  options.output = folder_ / "x.onnx";
  EXPECT_THROW(train_fold(options), UsageError);
  options = training();
  options.history = folder_.path();
  EXPECT_THROW(train_fold(options), CannotCreateError);
}

TEST_F(TrainFold, RefusesPartsWithoutALabelledPixelBeforeItTrains) {
  testing::write_coloured_shard(folder_ / "train.h5", testing::sample_names(2, 3), {32, 48}, "city1");
  std::vector<SplitSample> samples;
  for (const std::string& name : testing::sample_names(2, 3)) samples.push_back({name, name.substr(0, 5), {}});
  Seal seal;
  seal.tool = "split-folds";
  const Folds folds = split_samples(samples, 2, 42, SplitStrategy::kGroup);
  write_folds(folder_ / "folds.json", folds, seal);
  for (const int fold : {0, 1}) {  // one holds out what is void, the other trains on nothing else
    TrainFoldOptions options = training();
    options.fold = std::to_string(fold);
    const bool held_out = folds.held_out[static_cast<std::size_t>(fold)].front().starts_with("city1");
    testing::expect_error<DataError>([&] { train_fold(options); },
                                     {held_out ? "fold " + options.fold : "the part to train on", "city1_000000_000019",
                                      "no labelled pixel", "fewer folds"});
    EXPECT_FALSE(std::filesystem::exists(options.state));
  }
}

TEST_F(TrainFold, ScoresAValidationWithoutALabelledPixelAsUndefined) {
  testing::write_coloured_shard(folder_ / "val.h5", {"validation_000000_000019"}, {32, 48}, "validation");
  const TrainFoldOptions options = training();
  train_fold(options);
  EXPECT_FALSE(read_history(options.history).rows.back().fullres_miou.has_value());
}

TEST_F(TrainFold, LeavesNoBestWeightsOfAnEarlierTrainingBesideNewOnes) {
  train_fold(training());
  TrainFoldOptions options = training();
  options.fold = "all";
  options.training.schedule.kind = ScheduleKind::kConstant;
  train_fold(options);
  EXPECT_FALSE(std::filesystem::exists(best_path(options.output)));
}

TEST_F(TrainFold, WritesLastWeightsAndHistoryWhateverHappenedToTheBest) {
  TrainFoldOptions options = training();
  options.stop_after_epoch = 2;  // after the last epoch: what is left are the outputs
  EXPECT_THROW(train_fold(options), InterruptedError);
  options.stop_after_epoch.reset();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(options.state)) {
    if (entry.path().filename() == "best.safetensors") write_file(entry.path(), "damaged");
  }
  testing::expect_error<DataError>([&] { train_fold(options); }, {"best.safetensors", "--fresh"});
  EXPECT_EQ(read_model(options.output).info.epoch, 2);
  EXPECT_EQ(read_history(options.history).rows.size(), 2U);
  EXPECT_FALSE(std::filesystem::exists(best_path(options.output)));
}

TEST_F(TrainFold, LeavesALinkToItsStatesInPlace) {
  std::filesystem::create_directory(folder_ / "scratch");
  TrainFoldOptions options = training();
  std::filesystem::create_directory_symlink(folder_ / "scratch", options.state);
  train_fold(options);
  EXPECT_TRUE(std::filesystem::is_symlink(options.state));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "scratch"));
}

TEST_F(TrainFold, ADryRunTellsWhetherTheOutputsAreWhatItWouldMake) {
  TrainFoldOptions options = training();
  options.dry_run = true;
  EXPECT_THROW(train_fold(options), NotFoundError);
  EXPECT_FALSE(std::filesystem::exists(options.output.parent_path()));
  train_fold(training());
  const std::string before = read_file(options.output);
  EXPECT_NO_THROW(train_fold(options));
  options.training.lr = 0.25;
  testing::expect_error<DataError>([&] { train_fold(options); }, {"x.pth", "lr is 0.001, not 0.25"});
  EXPECT_EQ(read_file(options.output), before);
  options = training();
  options.dry_run = true;
  std::filesystem::remove(best_path(options.output));
  EXPECT_THROW(train_fold(options), NotFoundError);
}

TEST(BestPath, StandsBesideTheLast) { EXPECT_EQ(best_path("a/x_fold0.pth"), "a/x_fold0_best.pth"); }

}  // namespace
}  // namespace segfold
