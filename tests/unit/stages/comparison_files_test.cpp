#include "segfold/stages/comparison_files.h"

#include <gmock/gmock.h>

#include <cmath>

#include "segfold/base/file.h"
#include "tests/support/small_aggregate.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::testing::HasSubstr;
using testing::MadeUpFold;
using testing::options_for;
using testing::read_csv;
using testing::TemporaryFolder;
using testing::three_folds;

/// A baseline and one that was tested against it; class "sky" does not occur.
Comparison made_up_comparison() {
  ComparedExperiment base;
  base.name = "base";
  base.seeds = {"1"};
  base.lowres_resolution = "4x8";
  base.fullres = {0.25, 0.75};
  base.lowres = {0.5, 0.5};
  base.fullres_seed = {0.5};
  base.iou = {0.5, std::nan("")};
  base.confusion = ConfusionMatrix(2);
  base.confusion.at(0, 1) = 7;
  base.interval = {0.25, 0.625};
  base.note = "baseline";
  ComparedExperiment other = base;
  other.name = "other";
  other.seeds = {"1", "2"};
  other.fullres_seed = {0.25, 0.75};
  other.note = "";
  other.difference = {0.125, {-0.25, 0.5}, {0.03125, 64, true}, 0.0625};
  Comparison comparison{"digest", "8x16", {"road", "sky"}, "base", 1000, {}, {other, base}};
  for (int i = 0; i < 6; ++i) comparison.groups.push_back({fmt::format("city{}", i), 3});
  return comparison;
}

TEST(ComparisonTable, HoldsARowPerExperimentAndNothingWhereThereIsNoFigure) {
  EXPECT_EQ(comparison_table(made_up_comparison()),
            "experiment,folds,seeds,resolution,groups,miou_mean,miou_std,seed_std,miou_low,miou_high,difference,"
            "difference_low,difference_high,p_value,p_holm,note,final_lowres_miou_mean,final_lowres_miou_std,"
            "iou_road,iou_sky\n"
            "other,2,2,8x16,6,0.5,0.3535533905932738,0.3535533905932738,0.25,0.625,0.125,"
            "-0.25,0.5,0.03125,0.0625,,0.5,0,0.5,\n"
            "base,2,1,8x16,6,0.5,0.3535533905932738,,0.25,0.625,,,,,,baseline,0.5,0,0.5,\n");
}

TEST(ComparisonTable, QuotesNamesThatWouldBreakIt) {
  Comparison comparison = made_up_comparison();
  comparison.experiments[0].name = "lr 0,1 \"new\"";
  EXPECT_THAT(comparison_table(comparison), HasSubstr("\n\"lr 0,1 \"\"new\"\"\",2,2,8x16,"));
}

TEST(ComparisonDocument, HoldsEverythingThatTheTableRestsOn) {
  const Json document = comparison_document(made_up_comparison());
  EXPECT_EQ(document["format"], "segfold.comparison/1");
  EXPECT_EQ(document["folds"], 2);
  EXPECT_EQ(document["baseline"], "base");
  EXPECT_EQ(document["resamples"], 1000);
  EXPECT_EQ(document["groups"][5], (Json{{"group", "city5"}, {"images", 3}}));
  EXPECT_THAT(document["methods"]["interval"].get<std::string>(), HasSubstr("bootstrap"));
  const Json& other = document["experiments"][0];
  EXPECT_EQ(other["final_fullres_miou"]["per_fold"], (Json{0.25, 0.75}));
  EXPECT_EQ(other["final_fullres_miou"]["per_seed"], (Json{0.25, 0.75}));
  EXPECT_EQ(other["final_fullres_miou"]["interval"], (Json{{"low", 0.25}, {"high", 0.625}}));
  EXPECT_EQ(other["confusion"], (Json{{0, 7}, {0, 0}}));
  EXPECT_EQ(other["difference"]["p_value"], 0.03125);
  EXPECT_EQ(other["difference"]["p_holm"], 0.0625);
  EXPECT_EQ(other["difference"]["patterns"], 64);
  EXPECT_EQ(other["difference"]["exact"], true);
}

TEST(ComparisonDocument, IsWrittenWithNullWhereThereIsNoFigure) {
  const TemporaryFolder folder;
  write_comparison(folder / "c.csv", folder / "c.json", made_up_comparison(), {.tool = "aggregate"});
  const Json base = read_sealed_json(folder / "c.json", "segfold.comparison/1").document["experiments"][1];
  EXPECT_TRUE(base["iou"]["sky"].is_null());
  EXPECT_TRUE(base["final_fullres_miou"]["seed_std"].is_null());
  EXPECT_TRUE(base["difference"].is_null());
  EXPECT_EQ(base["note"], "baseline");
}

/// Experiments "a" and "b" (the better one), of six cities each.
AggregateOptions two_experiments(const std::filesystem::path& folder) {
  AggregateOptions options;
  for (const std::string name : {"a", "b"}) {
    std::vector<MadeUpFold> folds = three_folds(name);
    for (MadeUpFold& fold : folds) fold.city_right = {10, 20, 30, 40, 50, name == "a" ? 60u : 95u};
    const AggregateOptions own = options_for(folder, folds);
    options.metrics.insert(options.metrics.end(), own.metrics.begin(), own.metrics.end());
  }
  options.comparison = folder / "comparison.csv";
  options.comparison_json = folder / "comparison.json";
  return options;
}

TEST(ComparisonFiles, DoNotDependOnTheOrderOfTheMetrics) {
  const TemporaryFolder folder;
  AggregateOptions options = two_experiments(folder.path());
  options.baseline = "b";
  aggregate(options);
  const std::string table = read_file(options.comparison), document = read_file(options.comparison_json);
  std::ranges::reverse(options.metrics);
  aggregate(options);
  EXPECT_EQ(read_file(options.comparison), table);
  EXPECT_EQ(read_file(options.comparison_json), document);
}

TEST(ComparisonFiles, NameTheExperimentOfTheFirstMetricsAsBaselineUnlessTold) {
  const TemporaryFolder folder;
  AggregateOptions options = two_experiments(folder.path());
  const auto baseline = [&] {
    aggregate(options);
    return read_json(options.comparison_json)["baseline"].get<std::string>();
  };
  EXPECT_EQ(baseline(), "a");
  std::ranges::reverse(options.metrics);
  EXPECT_EQ(baseline(), "b");
  options.baseline = "a";
  EXPECT_EQ(baseline(), "a");
}

TEST(ComparisonFiles, AreSealedWithTheBaselineAndTheNumberOfResamples) {
  const TemporaryFolder folder;
  AggregateOptions options = two_experiments(folder.path());
  options.bootstrap = 200;
  aggregate(options);
  const SealedJson sealed = read_sealed_json(options.comparison_json, "segfold.comparison/1");
  EXPECT_EQ(sealed.document["resamples"], 200);
  EXPECT_EQ(sealed.seal.parameters["bootstrap"], 200);
  EXPECT_EQ(sealed.seal.parameters["baseline"], "a");
  EXPECT_EQ(read_sealed_text(options.comparison).seal.run_digest(), sealed.seal.run_digest());
}

TEST(ComparisonFiles, StandBesideTheSummaryOfASingleExperiment) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds());
  options.comparison = folder / "comparison.csv";
  aggregate(options);
  EXPECT_EQ(read_csv(options.comparison).size(), 2u);
  EXPECT_TRUE(std::filesystem::exists(options.output));
}

}  // namespace
}  // namespace segfold
