#include <gtest/gtest.h>

#include "segfold/data/labels.h"
#include "segfold/data/shard_pictures.h"
#include "segfold/nn/model_info.h"
#include "segfold/score/metrics.h"
#include "segfold/stages/eval_fold.h"
#include "segfold/stages/visualize.h"
#include "tests/support/small_training.h"

namespace segfold {
namespace {

class PredictRows : public testing::SmallTraining {
 protected:
  PredictedRows predict(const TrainFoldOptions& made, const std::vector<std::int64_t>& samples) const {
    train_fold(made);
    PredictionOptions options;
    options.model = made.output;
    options.device = "cpu";
    return predict_rows(options, 1, shards(), samples);
  }

  ShardSet shards() const { return ShardSet({folder_ / "val.h5"}); }
};

TEST_F(PredictRows, HoldTheSamplesInTheOrderAskedFor) {
  const PredictedRows predicted = predict(training(), {1, 0});
  ASSERT_EQ(predicted.rows.size(), 2U);
  for (const std::int64_t sample : {0, 1}) {
    const PanelRow& row = predicted.rows[static_cast<std::size_t>(1 - sample)];
    EXPECT_EQ(row.name, shards().name(sample));
    EXPECT_EQ(row.photo, read_photo(shards(), sample));
    EXPECT_EQ(row.truth, read_true_label(shards(), sample));
    EXPECT_EQ(row.prediction.size, row.truth.size);
    EXPECT_EQ(row.caption, "");
  }
}

TEST_F(PredictRows, HoldThePredictionsThatEvalFoldScores) {
  const PredictedRows predicted = predict(training(), {0, 1});
  EvalFoldOptions evaluation;
  evaluation.model = training().output;
  evaluation.shards = {folder_ / "val.h5"};
  evaluation.output = folder_ / "metrics.json";
  evaluation.device = "cpu";
  evaluation.threads = 1;
  eval_fold(evaluation);
  ConfusionMatrix confusion(kClasses);
  for (const PanelRow& row : predicted.rows) confusion.add(row.truth.pixels, row.prediction.pixels);
  EXPECT_EQ(confusion, read_metrics(evaluation.output).metrics.confusion);
}

TEST_F(PredictRows, SayWhatMadeThem) {
  const PredictedRows predicted = predict(training(), {0});
  EXPECT_EQ(predicted.title, "trial · fold 1");
  const ModelInfo info = require_model_info(read_tensor_file(training().output), "trained");
  EXPECT_EQ(predicted.model_digest, info.seal.content);
  TrainFoldOptions all = training();
  all.fold = "all";
  all.training.schedule.kind = ScheduleKind::kConstant;
  EXPECT_EQ(predict(all, {0}).title, "trial");
}

}  // namespace
}  // namespace segfold
