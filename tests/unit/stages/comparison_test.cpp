#include "segfold/stages/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_aggregate.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using testing::expect_error;
using ::testing::HasSubstr;
using testing::MadeUpFold;
using testing::options_for;
using testing::TemporaryFolder;
using testing::three_folds;

using Folds = std::vector<MadeUpFold>;
constexpr double kTolerance = 1e-15;

Comparison compare(const std::vector<Folds>& experiments, const std::string& baseline, int resamples = 1000) {
  const TemporaryFolder folder;
  std::vector<std::filesystem::path> metrics;
  for (const Folds& folds : experiments) {
    const AggregateOptions options = options_for(folder.path(), folds);
    metrics.insert(metrics.end(), options.metrics.begin(), options.metrics.end());
  }
  return compare_experiments(assemble_experiments(read_metrics_files(metrics), {}), baseline, resamples);
}

/// Experiment "b": each fold has 10 more pixels of 100 right than "a", three_folds("a"), has: 60, 50 and 10.
Folds better_folds() {
  Folds folds = three_folds("b");
  for (MadeUpFold& fold : folds) fold.fullres_right += 10;
  return folds;
}

/// Three folds that are equal: in each city, that many of 100 pixels per class are right.
Folds equal_folds(const std::string& experiment, const std::vector<std::uint64_t>& city_right) {
  Folds folds = three_folds(experiment);
  for (MadeUpFold& fold : folds) fold.city_right = city_right;
  return folds;
}

Folds with_seed(Folds folds, int seed) {
  for (MadeUpFold& fold : folds) fold.seed = seed;
  return folds;
}

/// IoU of both classes where `right` of 100 pixels each are right.
double iou(double right) { return right / (200 - right); }

TEST(Comparison, RanksTheExperimentsByTheirMeanTheBestFirst) {
  const Comparison comparison = compare({three_folds("a"), better_folds()}, "a");
  ASSERT_EQ(comparison.experiments.size(), 2u);
  EXPECT_EQ(comparison.experiments[0].name, "b");
  EXPECT_EQ(comparison.experiments[1].name, "a");
  EXPECT_THAT(comparison.experiments[1].fullres, ElementsAre(1.0 / 3.0, 0.25, 0.0));
  EXPECT_THAT(comparison.experiments[1].lowres, ElementsAre(3.0 / 7.0, 3.0 / 7.0, 3.0 / 7.0));
  EXPECT_EQ(comparison.resolution, "8x16");
}

TEST(Comparison, AveragesAClassOverTheFoldsInWhichItOccurs) {
  // The truth is ten pixels of road; fold 1 takes one of them for sky, which scores 0 there and nothing elsewhere.
  const TemporaryFolder folder;
  const Folds folds = three_folds("a");
  const AggregateOptions options = options_for(folder.path(), folds);
  for (const MadeUpFold& fold : folds) {
    const std::uint64_t missed = fold.fold == 1 ? 1 : 0;
    Metrics metrics = fold.metrics("all");
    metrics.confusion = ConfusionMatrix(2);
    metrics.confusion.at(0, 0) = 10 - missed;
    metrics.confusion.at(0, 1) = missed;
    metrics.per_image[0].tp = {10 - missed, 0};
    metrics.per_image[0].fp = {0, missed};
    metrics.per_image[0].fn = {missed, 0};
    write_metrics(fold.official_path(folder.path()), metrics, fold.metrics_seal("all"));
  }
  const auto experiments = assemble_experiments(read_metrics_files(options.metrics), {});
  const ComparedExperiment row = compare_experiments(experiments, "a", 100).experiments.front();
  EXPECT_THAT(row.iou, ElementsAre(DoubleNear((1.0 + 0.9 + 1.0) / 3.0, kTolerance), 0.0));
}

TEST(Comparison, SumsTheConfusionOverFoldsAndSeeds) {
  const Comparison comparison = compare({with_seed(three_folds("a"), 1), with_seed(three_folds("a"), 2)}, "a");
  const ConfusionMatrix& confusion = comparison.experiments.front().confusion;
  EXPECT_EQ(confusion.at(0, 0), 2u * (50 + 40 + 0));
  EXPECT_EQ(confusion.at(0, 1), 2u * (50 + 60 + 100));
}

TEST(Comparison, KeepsTheScatterOverFoldsApartFromTheScatterOverSeeds) {
  // The second seed's folds all score 1: with 1/3, 1/4 and 0 of the first, the folds have 2/3, 5/8 and 1/2.
  Folds again = with_seed(three_folds("a"), 2);
  for (MadeUpFold& fold : again) fold.fullres_right = 100;
  const ComparedExperiment row = compare({three_folds("a"), again}, "a").experiments.at(0);
  EXPECT_THAT(row.seeds, ElementsAre("1", "2"));
  EXPECT_THAT(row.fullres, ElementsAre(DoubleNear(2.0 / 3.0, kTolerance), 0.625, 0.5));
  EXPECT_THAT(row.fullres_seed, ElementsAre(DoubleNear(7.0 / 36.0, kTolerance), 1.0));
}

TEST(Comparison, SubtractsTheBaseline) {
  const Comparison comparison = compare({three_folds("a"), better_folds()}, "a");
  const double expected = (iou(60) + iou(50) + iou(10) - iou(50) - iou(40) - iou(0)) / 3;
  EXPECT_NEAR(comparison.experiments[0].difference.miou, expected, kTolerance);
  EXPECT_TRUE(std::isnan(comparison.experiments[1].difference.miou));
  EXPECT_THAT(comparison.experiments[1].note, HasSubstr("baseline"));
  const Comparison other_way = compare({three_folds("a"), better_folds()}, "b");
  EXPECT_NEAR(other_way.experiments[1].difference.miou, -expected, kTolerance);
  EXPECT_TRUE(std::isnan(other_way.experiments[0].difference.miou));
}

TEST(Comparison, DrawsIntervalsFromTheCities) {
  // Of two cities a resample holds the first twice, both, or the second twice. A quarter of the resamples each is the
  // first twice and the second twice, so these are the ends of the intervals.
  const Comparison comparison = compare({equal_folds("a", {10, 70}), equal_folds("b", {20, 80})}, "a");
  EXPECT_NEAR(comparison.experiments[0].interval.low, iou(20), kTolerance);
  EXPECT_NEAR(comparison.experiments[0].interval.high, iou(80), kTolerance);
  EXPECT_NEAR(comparison.experiments[1].interval.low, iou(10), kTolerance);
  EXPECT_NEAR(comparison.experiments[1].interval.high, iou(70), kTolerance);
  EXPECT_NEAR(comparison.experiments[0].difference.interval.low, iou(20) - iou(10), kTolerance);
  EXPECT_NEAR(comparison.experiments[0].difference.interval.high, iou(80) - iou(70), kTolerance);
  ASSERT_EQ(comparison.groups.size(), 2u);
  EXPECT_EQ(comparison.groups[1].name, "city1");
  EXPECT_EQ(comparison.groups[1].images, 1u);
}

TEST(Comparison, TestsWithSixCitiesAndCorrectsForTheNumberOfExperiments) {
  // The second is better everywhere, 2 of 64 patterns; of the third, whose cities differ by ±10 in equal parts and pool
  // to the same counts, every pattern differs as much.
  const Comparison comparison =
      compare({equal_folds("a", {50, 50, 50, 50, 50, 50}), equal_folds("b", {60, 70, 80, 60, 70, 80}),
               equal_folds("c", {40, 60, 40, 60, 40, 60})},
              "a");
  const ComparedExperiment& better = comparison.experiments[0];
  EXPECT_EQ(better.name, "b");
  EXPECT_DOUBLE_EQ(better.difference.test.p_value, 2.0 / 64.0);
  EXPECT_DOUBLE_EQ(better.difference.p_holm, 4.0 / 64.0);
  EXPECT_EQ(better.note, "");
  for (const ComparedExperiment& experiment : comparison.experiments) {
    if (experiment.name != "c") continue;
    EXPECT_DOUBLE_EQ(experiment.difference.test.p_value, 1.0);
    EXPECT_DOUBLE_EQ(experiment.difference.p_holm, 1.0);
  }
}

TEST(Comparison, SaysWhyThereIsNoPValue) {
  const ComparedExperiment five =
      compare({equal_folds("a", {1, 2, 3, 4, 5}), equal_folds("b", {5, 6, 7, 8, 9})}, "a").experiments.at(0);
  EXPECT_TRUE(std::isnan(five.difference.test.p_value));
  EXPECT_TRUE(std::isnan(five.difference.p_holm));
  EXPECT_FALSE(std::isnan(five.difference.interval.low));
  EXPECT_EQ(five.note, "no p-value: needs at least 6 groups, found 5; 3 folds alone cannot give one below 0.25");
  const Folds tested = equal_folds("b", {5, 6, 7, 8, 9, 10});
  const ComparedExperiment seeds =
      compare({equal_folds("a", {1, 2, 3, 4, 5, 6}), tested, with_seed(tested, 2)}, "a").experiments.at(0);
  EXPECT_EQ(seeds.note, "no p-value: needs as many seeds as the baseline has, 1, found 2");
  EXPECT_TRUE(std::isnan(seeds.difference.test.p_value));
  EXPECT_FALSE(std::isnan(seeds.difference.interval.low));
}

TEST(Comparison, HasNoIntervalWithFoldsAlone) {
  const ComparedExperiment row = compare({three_folds("a"), better_folds()}, "a").experiments.at(0);
  EXPECT_TRUE(std::isnan(row.interval.low));
  EXPECT_TRUE(std::isnan(row.difference.interval.high));
  EXPECT_TRUE(std::isnan(row.difference.test.p_value));
  EXPECT_THAT(row.note, HasSubstr("no p-value: needs at least 6 groups, found 1; 3 folds alone"));
  EXPECT_THAT(row.note, HasSubstr("no interval: needs at least 2 groups, found 1"));
}

TEST(Comparison, RefusesABaselineThatIsNotThere) {
  expect_error<UsageError>([] { compare({three_folds("unet"), better_folds()}, "umet"); },
                           {"--baseline", "'umet'", "did you mean 'unet'?"});
  expect_error<UsageError>([] { compare({three_folds("unet"), better_folds()}, "something else"); },
                           {"--baseline", "'something else'", "b, unet"});
}

TEST(Comparison, RefusesExperimentsOnDifferentGrounds) {
  const auto expect_refused = [](const std::function<void(MadeUpFold&)>& change,
                                 std::initializer_list<std::string> parts) {
    Folds folds = better_folds();
    std::ranges::for_each(folds, change);
    expect_error<DataError>([&] { compare({three_folds("a"), folds}, "a"); }, parts);
  };
  expect_refused([](MadeUpFold& fold) { fold.official_resolution = "4x8"; },
                 {"a-1/full0.json", "b-1/full0.json", "8x16", "4x8"});
  expect_refused([](MadeUpFold& fold) { fold.classes = {"road", "car"}; }, {"lists of classes"});
  expect_refused([](MadeUpFold& fold) { fold.folds_digest = "other"; }, {"different folds"});
  expect_refused([](MadeUpFold& fold) { fold.official_name = "other"; }, {"different validation samples"});
  expect_refused([](MadeUpFold& fold) { fold.official_pixels = 101; }, {"different validation samples"});
  expect_refused([](MadeUpFold& fold) { fold.official_city = "other"; }, {"different validation samples"});
}

}  // namespace
}  // namespace segfold
