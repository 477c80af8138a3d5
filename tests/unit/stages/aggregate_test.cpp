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
using testing::expect_refused;
using testing::options_for;
using testing::read_csv;
using testing::TemporaryFolder;
using testing::three_folds;

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

TEST(Summary, RefusesAHistoryWithoutAnyLowResolutionScore) {
  expect_refused([](auto& folds) { folds[0].lowres_history = {std::nullopt}; },
                 {"history0.csv", "no low-resolution mIoU"});
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
  refused(
      [](auto& options) {
        options.output.clear(), options.histories.clear();
        options.occlusion_table = "o.csv", options.occlusion_curves = {"o.json"};
      },
      "--metrics go with --output or --comparison");
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
