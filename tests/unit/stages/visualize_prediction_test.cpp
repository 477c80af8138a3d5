#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/data/labels.h"
#include "segfold/image/codec.h"
#include "segfold/report/figure.h"
#include "segfold/score/confusion.h"
#include "segfold/stages/visualize.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_training.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

class VisualizePrediction : public testing::SmallTraining {
 protected:
  VisualizePrediction() { train_fold(training()); }

  PredictionOptions prediction(const fs::path& shard) const {
    PredictionOptions options;
    options.model = training().output;
    options.shards = {shard};
    options.output = folder_ / "p.png";
    options.device = "cpu";
    return options;
  }

  /// A shard of two scenes with labels as `label` gives them for the first and the second.
  fs::path labelled(const auto& label) const {
    constexpr Size kSize{32, 48};
    const auto names = testing::sample_names(1, 2);
    ShardWriter writer(folder_ / "labelled.h5", kSize, kSize, 2);
    for (std::size_t i = 0; i < names.size(); ++i) {
      ShardSample sample = testing::coloured_sample(names[i], kSize);
      sample.label = label(i, sample.label);
      writer.add(sample);
    }
    writer.finish(testing::preprocess_seal());
    return folder_ / "labelled.h5";
  }

  /// Expects the figure of these rows, with captions as `caption` gives them.
  static void expect_drawn(const PredictionOptions& options, const auto& caption) {
    const ShardSet shards(options.shards);
    PredictedRows expected = predict_rows(options, 1, shards, {0, 1});
    for (PanelRow& row : expected.rows) row.caption = caption(row);
    EXPECT_EQ(read_rgb_png(options.output),
              draw_predictions(expected.title, expected.rows, shards.classes()).picture());
  }
};

TEST_F(VisualizePrediction, ShowsEverySampleWithItsScores) {
  testing::write_coloured_shard(folder_ / "scenes.h5", testing::sample_names(1, 2));
  const PredictionOptions scenes = prediction(folder_ / "scenes.h5");
  const auto rows = predict_rows(scenes, 1, ShardSet(scenes.shards), {0, 1}).rows;
  // The truth is what the network says, but for a quarter of the pixels.
  const PredictionOptions options = prediction(labelled([&](std::size_t i, const auto&) {
    auto ids = rows[i].prediction.pixels;
    for (std::size_t p = 0; p < ids.size() / 4; ++p) ids[p] = static_cast<std::uint8_t>((ids[p] + 1) % kClasses);
    return ids;
  }));
  visualize_prediction(options, 1);
  expect_drawn(options, [](const PanelRow& row) {
    ConfusionMatrix confusion(kClasses);
    confusion.add(row.truth.pixels, row.prediction.pixels);
    return fmt::format("mIoU {:.3f}, pixel accuracy 0.750", confusion.mean_iou());
  });
}

TEST_F(VisualizePrediction, SaysOfASampleWithoutLabelsThatAllIsIgnored) {
  const PredictionOptions options = prediction(
      labelled([](std::size_t, const auto& label) { return std::vector<std::uint8_t>(label.size(), kIgnore); }));
  visualize_prediction(options, 1);
  expect_drawn(options, [](const PanelRow&) { return "every pixel is ignored"; });
}

TEST_F(VisualizePrediction, SealsTitleSamplesAndInputs) {
  PredictionOptions options = prediction(folder_ / "val.h5");
  options.choice.names = {"validation_000001_000019"};
  visualize_prediction(options, 1);
  const ShardSet shards(options.shards);
  const Seal seal = read_figure_seal(options.output);
  EXPECT_EQ(seal.tool, "visualize");
  EXPECT_EQ(seal.parameters.at("command"), "prediction");
  EXPECT_EQ(seal.parameters.at("title"), "trial · fold 1");
  EXPECT_EQ(seal.parameters.at("names"), Json({"validation_000001_000019"}));
  EXPECT_EQ(seal.inputs.at("shards"), shards.digest());
  EXPECT_EQ(seal.inputs.at("model"), predict_rows(options, 1, shards, {}).model_digest);
  options.title = "My title";
  visualize_prediction(options, 1);
  EXPECT_EQ(read_figure_seal(options.output).parameters.at("title"), "My title");
}

TEST_F(VisualizePrediction, LeavesNothingForShardsOfAnotherSize) {
  testing::write_coloured_shard(folder_ / "other.h5", {"a_000000_000000"}, {40, 48});
  const PredictionOptions options = prediction(folder_ / "other.h5");
  testing::expect_error<DataError>([&] { visualize_prediction(options, 1); }, {"x.pth", "32x48", "40x48"});
  EXPECT_FALSE(fs::exists(options.output));
}

}  // namespace
}  // namespace segfold
