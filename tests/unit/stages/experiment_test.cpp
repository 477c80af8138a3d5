#include "segfold/stages/experiment.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_aggregate.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::expect_refused;
using testing::MadeUpFold;
using testing::options_for;
using testing::TemporaryFolder;
using testing::three_folds;

TEST(Experiment, RefusesMissingFolds) {
  const TemporaryFolder folder;
  const AggregateOptions all = options_for(folder.path(), three_folds());
  AggregateOptions options = all;
  options.metrics.erase(options.metrics.begin() + 2);
  expect_error<DataError>([&] { aggregate(options); }, {"unet", "held-out", "fold 1", "missing"});
  options = all;
  options.metrics.erase(options.metrics.begin() + 5);
  expect_error<DataError>([&] { aggregate(options); }, {"unet", "'all'", "fold 2", "missing"});
}

TEST(Experiment, RefusesDuplicateFolds) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds());
  options.metrics.push_back(options.metrics[0]);
  expect_error<DataError>([&] { aggregate(options); }, {"low0.json", "both are fold 0"});
}

TEST(Experiment, RefusesMixedFolds) {
  expect_refused([](auto& folds) { folds[1].folds_digest = "other"; }, {"low0.json", "low1.json", "different folds"});
  expect_refused([](auto& folds) { folds[1].folds_count = 4; }, {"different numbers of folds, 3 and 4"});
  expect_refused([](auto& folds) { folds[1].classes = {"road", "car"}; }, {"different lists of classes"});
  expect_refused([](auto& folds) { folds[1].experiment = "other"; }, {"'unet'", "'other'", "different experiments"});
  expect_refused([](auto& folds) { folds[2].official_resolution = "16x32"; }, {"full2.json", "8x16", "16x32"});
  expect_refused([](auto& folds) { folds[2].official_name = "other"; }, {"full2.json", "different validation samples"});
  expect_refused([](auto& folds) { folds[2].official_model = "best"; },
                 {"low2.json", "full2.json", "two different models"});
  expect_refused([](auto& folds) { folds[2].fold = 3; }, {"fold 3 of 3 folds"});
}

TEST(Experiment, RefusesScoresAtTheWrongResolution) {
  expect_refused([](auto& folds) { folds[1].official_kind = "low"; }, {"full1.json", "'all'", "--resolution full"});
  expect_refused([](auto& folds) { folds[1].held_out_kind = "full"; }, {"low1.json", "'held-out'", "--resolution low"});
}

TEST(Experiment, RefusesASampleThatIsHeldOutTwice) {
  const TemporaryFolder folder;
  auto folds = three_folds();
  const AggregateOptions options = options_for(folder.path(), folds);
  Metrics metrics = folds[1].metrics("held-out");
  metrics.per_image[0].name = "sample0";
  write_metrics(folds[1].held_out_path(folder.path()), metrics, folds[1].metrics_seal("held-out"));
  expect_error<DataError>([&] { aggregate(options); }, {"low0.json", "low1.json", "'sample0'", "held out in both"});
}

TEST(Experiment, RefusesTrainingSamplesInThePlaceOfTheOfficialOnes) {
  expect_refused(
      [](auto& folds) {
        for (MadeUpFold& fold : folds) fold.official_name = "sample1";
      },
      {"full0.json", "'sample1'", "low1.json", "official validation split"});
}

TEST(Experiment, RefusesAnUnexpectedNumberOfFolds) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds());
  options.expect_folds = 5;
  expect_error<DataError>([&] { aggregate(options); }, {"3 folds", "expected 5"});
  options.expect_folds = 3;
  EXPECT_NO_THROW(aggregate(options));
}

TEST(Experiment, RefusesSeveralExperiments) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds("a"));
  const AggregateOptions other = options_for(folder.path(), three_folds("b"));
  options.metrics.insert(options.metrics.end(), other.metrics.begin(), other.metrics.end());
  expect_error<DataError>([&] { aggregate(options); }, {"'a'", "'b'", "different experiments"});
}

TEST(Experiment, RefusesSeveralSeeds) {
  expect_refused([](auto& folds) { folds[2].seed = 2; }, {"low0.json", "low2.json", "different seeds, 1 and 2"});
}

TEST(Experiment, RefusesASplitOfWhichNotOnePixelWasScored) {
  expect_refused(
      [](auto& folds) {
        for (MadeUpFold& fold : folds) fold.official_pixels = fold.fullres_right = 0;
      },
      {"full0.json", "not one pixel was scored"});
}

TEST(FindBaseline, GivesItsPlaceOrTheNearestName) {
  const std::vector<std::string> names = {"unet", "unet_finetuned"};
  EXPECT_EQ(find_baseline(names, "unet_finetuned"), 1U);
  expect_error<UsageError>([&] { find_baseline(names, "unet_finetune"); }, {"did you mean 'unet_finetuned'?"});
  expect_error<UsageError>([&] { find_baseline(names, "resnet"); }, {"'resnet'", "there are unet, unet_finetuned"});
}

TEST(Experiment, RefusesMetricsThatDoNotSayWhereTheyComeFrom) {
  const TemporaryFolder folder;
  const auto folds = three_folds();
  const AggregateOptions options = options_for(folder.path(), folds);
  for (const char* role : {"folds", "model", "model_run", "shards"}) {
    Seal seal = folds[0].metrics_seal("all");
    seal.inputs.erase(role);
    write_metrics(folds[0].official_path(folder.path()), folds[0].metrics("all"), seal);
    expect_error<DataError>([&] { aggregate(options); }, {"full0.json", fmt::format("'{}'", role)});
  }
  Seal seal = folds[0].metrics_seal("all");
  seal.parameters = Json::object();
  write_metrics(folds[0].official_path(folder.path()), folds[0].metrics("all"), seal);
  expect_error<DataError>([&] { aggregate(options); }, {"full0.json", "how many folds"});
  Metrics metrics = folds[0].metrics("all");
  metrics.fold.reset();
  write_metrics(folds[0].official_path(folder.path()), metrics, folds[0].metrics_seal("all"));
  expect_error<DataError>([&] { aggregate(options); }, {"full0.json", "every sample"});
}

}  // namespace
}  // namespace segfold
