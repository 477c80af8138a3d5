#include "segfold/stages/eval_occlusion.h"  // IWYU pragma: keep (eval_fold calls it)

#include <gtest/gtest.h>

#include <numeric>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/score/metrics.h"
#include "segfold/score/truth_digest.h"
#include "segfold/stages/eval_fold.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_training.h"

namespace segfold {
namespace {

class EvalOcclusion : public testing::SmallTraining {
 protected:
  EvalOcclusion() { train_fold(training()); }

  EvalFoldOptions evaluation(const std::vector<double>& shares) const {
    EvalFoldOptions options;
    options.model = training().output;
    options.shards = {folder_ / "val.h5"};
    options.output = folder_ / "occlusion.json";
    options.occlusion = shares;
    options.device = "cpu";
    options.threads = 1;
    return options;
  }

  /// Pixels, those predicted wrong twice: of the true and of the predicted class.
  static std::uint64_t seen(const GroupedCounts& groups) {
    std::uint64_t sum = 0;
    for (const ClassCounts& group : groups)
      sum += std::accumulate(group.seen.begin(), group.seen.end(), std::uint64_t{0});
    return sum;
  }
};

TEST_F(EvalOcclusion, WithNothingCoveredScoresAsTheMetricsSay) {
  eval_fold(evaluation({0, 0.3}));
  EvalFoldOptions plain = evaluation({});
  plain.output = folder_ / "metrics.json";
  eval_fold(plain);
  const OcclusionCurve curve = read_occlusion_curve(folder_ / "occlusion.json").curve;
  const Metrics metrics = read_metrics(folder_ / "metrics.json").metrics;
  const double miou = metrics.confusion.mean_iou();
  EXPECT_DOUBLE_EQ(occlusion_mious({curve}, &OcclusionLevel::all)[0], miou);
  EXPECT_DOUBLE_EQ(occlusion_mious({curve}, &OcclusionLevel::visible)[0], miou);
  EXPECT_EQ(curve.experiment, "trial");
  EXPECT_EQ(curve.fold, 1);
  EXPECT_EQ(curve.split, metrics.split);
  EXPECT_EQ(curve.resolution, metrics.resolution);
  EXPECT_EQ(curve.classes, metrics.classes);
  EXPECT_EQ(curve.samples, truth_digest(metrics.per_image));
}

TEST_F(EvalOcclusion, VisiblePixelsArePartOfAllAndAllWhereNothingIsCovered) {
  eval_fold(evaluation({0, 0.3, 0.6}));
  const OcclusionCurve curve = read_occlusion_curve(folder_ / "occlusion.json").curve;
  ASSERT_EQ(curve.levels.size(), 3U);
  EXPECT_EQ(seen(curve.levels[0].visible), seen(curve.levels[0].all));
  for (std::size_t i = 1; i < 3; ++i) EXPECT_LT(seen(curve.levels[i].visible), seen(curve.levels[i].all));
}

TEST_F(EvalOcclusion, GivesEqualBytesEachTime) {
  eval_fold(evaluation({0, 0.5}));
  const std::string first = read_file(folder_ / "occlusion.json");
  eval_fold(evaluation({0, 0.5}));
  EXPECT_EQ(read_file(folder_ / "occlusion.json"), first);
}

TEST_F(EvalOcclusion, RefusesSharesThatMakeNoCurve) {
  const auto refused = [&](const std::vector<double>& shares, const std::string& word) {
    testing::expect_error<UsageError>([&] { eval_fold(evaluation(shares)); }, {"--occlusion", word});
  };
  refused({0.1}, "two shares at least");
  refused({0, 0.95}, "from 0 to 0.9");
  refused({0.2, 0.1}, "rising");
}

TEST_F(EvalOcclusion, OfNothingLabelledIsUndefined) {
  testing::write_coloured_shard(folder_ / "val.h5", {"validation_000000_000019"}, {32, 48}, "validation");
  eval_fold(evaluation({0, 0.3}));
  const Json document = read_json(folder_ / "occlusion.json");
  EXPECT_TRUE(document["all"]["miou"][0].is_null());
  EXPECT_TRUE(document["all"]["area"].is_null());
  testing::expect_error<DataError>([&] { read_occlusion_curve(folder_ / "occlusion.json"); },
                                   {"no sample", "labelled"});
}

}  // namespace
}  // namespace segfold
