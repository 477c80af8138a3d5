#include "segfold/stages/aggregate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_aggregate.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::MadeUpFold;
using testing::options_for;
using testing::read_csv;
using testing::TemporaryFolder;
using testing::three_folds;

/// Expects that the three folds are refused after a change, and that nothing is written.
void expect_refused(const std::function<void(std::vector<MadeUpFold>&)>& change,
                    std::initializer_list<std::string> parts) {
  const TemporaryFolder folder;
  auto folds = three_folds();
  change(folds);
  const AggregateOptions options = options_for(folder.path(), folds);
  expect_error<DataError>([&] { aggregate(options); }, parts);
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST(Summary, HoldsEveryFoldThenMeanAndSampleDeviation) {
  const TemporaryFolder folder;
  auto folds = three_folds();
  folds[1].lowres_history = {0.5, 0.1};
  folds[2].lowres_right = 100;
  aggregate(options_for(folder.path(), folds));
  const auto rows = read_csv(folder / "summary_metrics.csv");
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows[0], (std::vector<std::string>{"fold", "best_lowres_miou", "final_fullres_miou", "final_lowres_miou"}));
  // IoU = right / (200 − right): 50 → 1/3, 40 → 1/4, 0 → 0, 60 → 3/7, 100 → 1.
  EXPECT_EQ(rows[1][0], "0");
  EXPECT_DOUBLE_EQ(std::stod(rows[1][1]), 0.3);
  EXPECT_DOUBLE_EQ(std::stod(rows[1][2]), 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(std::stod(rows[1][3]), 3.0 / 7.0);
  EXPECT_DOUBLE_EQ(std::stod(rows[2][1]), 0.5);
  EXPECT_DOUBLE_EQ(std::stod(rows[2][2]), 0.25);
  EXPECT_DOUBLE_EQ(std::stod(rows[3][2]), 0.0);
  EXPECT_DOUBLE_EQ(std::stod(rows[3][3]), 1.0);
  EXPECT_EQ(rows[4][0], "mean");
  EXPECT_NEAR(std::stod(rows[4][2]), 7.0 / 36.0, 1e-15);
  EXPECT_EQ(rows[5][0], "std");
  EXPECT_NEAR(std::stod(rows[5][2]), std::sqrt((25.0 + 4.0 + 49.0) / 1296.0 / 2.0),
              1e-15);  // deviations 5, 2, −7 of 36ths
}

TEST(Summary, DoesNotDependOnTheOrderOfTheFiles) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds());
  aggregate(options);
  const std::string text = read_file(options.output);
  const std::string seal = read_file(options.output.string() + ".seal.json");
  std::ranges::reverse(options.metrics);
  std::swap(options.histories[0], options.histories[2]);
  aggregate(options);
  EXPECT_EQ(read_file(options.output), text);
  EXPECT_EQ(read_file(options.output.string() + ".seal.json"), seal);
}

TEST(Summary, IsSealedWithoutTheTimingsOfTheHistories) {
  const TemporaryFolder folder;
  const auto folds = three_folds();
  const AggregateOptions options = options_for(folder.path(), folds);
  aggregate(options);
  const std::string seal = read_file(options.output.string() + ".seal.json");
  auto slower = folds[0].history();
  for (HistoryRow& row : slower) row.seconds *= 2;
  write_sealed_text(folds[0].history_path(folder.path()), history_csv(slower), folds[0].training_seal());
  aggregate(options);
  EXPECT_EQ(read_file(options.output.string() + ".seal.json"), seal);
}

TEST(Summary, RefusesMissingFolds) {
  const TemporaryFolder folder;
  const AggregateOptions all = options_for(folder.path(), three_folds());
  AggregateOptions options = all;
  options.metrics.erase(options.metrics.begin() + 2);
  expect_error<DataError>([&] { aggregate(options); }, {"unet", "held-out", "fold 1", "missing"});
  options = all;
  options.metrics.erase(options.metrics.begin() + 5);
  expect_error<DataError>([&] { aggregate(options); }, {"unet", "'all'", "fold 2", "missing"});
  options = all;
  options.histories.pop_back();
  expect_error<DataError>([&] { aggregate(options); }, {"history of fold 2", "missing"});
}

TEST(Summary, RefusesDuplicateFolds) {
  const TemporaryFolder folder;
  const AggregateOptions all = options_for(folder.path(), three_folds());
  AggregateOptions options = all;
  options.metrics.push_back(options.metrics[0]);
  expect_error<DataError>([&] { aggregate(options); }, {"low0.json", "both are fold 0"});
  options = all;
  options.histories.push_back(options.histories[1]);
  expect_error<DataError>([&] { aggregate(options); }, {"history1.csv", "both are of one training"});
}

TEST(Summary, RefusesMixedFolds) {
  expect_refused([](auto& folds) { folds[1].folds_digest = "other"; }, {"low0.json", "low1.json", "different folds"});
  expect_refused([](auto& folds) { folds[1].folds_count = 4; }, {"different numbers of folds, 3 and 4"});
  expect_refused([](auto& folds) { folds[1].classes = {"road", "car"}; }, {"different lists of classes"});
  expect_refused([](auto& folds) { folds[1].experiment = "other"; }, {"'unet'", "'other'", "different experiments"});
  expect_refused([](auto& folds) { folds[2].lr = 0.2; }, {"history0.csv", "history2.csv", "lr"});
  expect_refused([](auto& folds) { folds[2].official_resolution = "16x32"; }, {"full2.json", "8x16", "16x32"});
  expect_refused([](auto& folds) { folds[2].official_name = "other"; }, {"full2.json", "different validation samples"});
  expect_refused([](auto& folds) { folds[2].official_model = "best"; },
                 {"low2.json", "full2.json", "two different models"});
  expect_refused([](auto& folds) { folds[2].fold = 3; }, {"fold 3 of 3 folds"});
}

TEST(Summary, RefusesScoresOfOtherWeightsThanTheLast) {
  expect_refused([](auto& folds) { folds[1].scored_epoch = 2; }, {"low1.json", "epoch 2", "last is 4"});
}

TEST(Summary, RefusesScoresAtTheWrongResolution) {
  expect_refused([](auto& folds) { folds[1].official_kind = "low"; }, {"full1.json", "'all'", "--resolution full"});
  expect_refused([](auto& folds) { folds[1].held_out_kind = "full"; }, {"low1.json", "'held-out'", "--resolution low"});
}

TEST(Summary, RefusesASampleThatIsHeldOutTwice) {
  const TemporaryFolder folder;
  auto folds = three_folds();
  const AggregateOptions options = options_for(folder.path(), folds);
  Metrics metrics = folds[1].metrics("held-out");
  metrics.per_image[0].name = "sample0";
  write_metrics(folds[1].held_out_path(folder.path()), metrics, folds[1].metrics_seal("held-out"));
  expect_error<DataError>([&] { aggregate(options); }, {"low0.json", "low1.json", "'sample0'", "held out in both"});
}

TEST(Summary, RefusesTrainingSamplesInThePlaceOfTheOfficialOnes) {
  expect_refused(
      [](auto& folds) {
        for (MadeUpFold& fold : folds) fold.official_name = "sample1";
      },
      {"full0.json", "'sample1'", "low1.json", "official validation split"});
}

TEST(Summary, RefusesAHistoryThatIsNotTheModels) {
  const TemporaryFolder folder;
  auto folds = three_folds();
  const AggregateOptions options = options_for(folder.path(), folds);
  folds[1].lr = 0.2;
  write_sealed_text(folds[1].history_path(folder.path()), history_csv(folds[1].history()), folds[1].training_seal());
  expect_error<DataError>([&] { aggregate(options); }, {"history1.csv", "another training"});
}

TEST(Summary, RefusesAHistoryWithoutAnyLowResolutionScore) {
  expect_refused([](auto& folds) { folds[0].lowres_history = {std::nullopt}; },
                 {"history0.csv", "no low-resolution mIoU"});
}

TEST(Summary, RefusesAnUnexpectedNumberOfFolds) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds());
  options.expect_folds = 5;
  expect_error<DataError>([&] { aggregate(options); }, {"3 folds", "expected 5"});
  options.expect_folds = 3;
  EXPECT_NO_THROW(aggregate(options));
}

TEST(Summary, RefusesSeveralExperiments) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds("a"));
  const AggregateOptions other = options_for(folder.path(), three_folds("b"));
  options.metrics.insert(options.metrics.end(), other.metrics.begin(), other.metrics.end());
  expect_error<DataError>([&] { aggregate(options); }, {"'a'", "'b'", "different experiments"});
}

TEST(Summary, RefusesMetricsThatDoNotSayWhereTheyComeFrom) {
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

TEST(AggregateOptions, RefuseWhatMakesNoSense) {
  AggregateOptions good;
  good.metrics = {"m.json"};
  good.histories = {"h.csv"};
  good.output = "s.csv";
  EXPECT_NO_THROW(good.check());
  const auto refused = [&](const std::function<void(AggregateOptions&)>& change, const std::string& part) {
    AggregateOptions options = good;
    change(options);
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  refused([](auto& options) { options.metrics.clear(); }, "--metrics");
  refused([](auto& options) { options.histories.clear(); }, "--histories");
  refused([](auto& options) { options.output.clear(), options.histories.clear(); }, "nothing to write");
  refused([](auto& options) { options.output.clear(), options.comparison = "c.csv"; }, "--histories");
  refused([](auto& options) { options.comparison_json = "c.json"; }, "--comparison-json");
  refused([](auto& options) { options.baseline = "unet"; }, "--baseline needs --comparison");
  refused([](auto& options) { options.bootstrap = 1000; }, "--bootstrap needs --comparison");
  for (const int resamples : {-1, 0, 99, 1'000'001}) {
    refused([&](auto& options) { options.comparison = "c.csv", options.bootstrap = resamples; }, "--bootstrap");
  }
  for (const int folds : {-3, 0, 1, 1001})
    refused([&](auto& options) { options.expect_folds = folds; }, "--expect-folds");
}

}  // namespace
}  // namespace segfold
