#include "segfold/stages/visualize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/history.h"
#include "segfold/image/codec.h"
#include "segfold/report/figure.h"
#include "segfold/stages/shown_samples.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

void write_history(const fs::path& path, const Json& parameters, double loss = 1) {
  std::vector<HistoryRow> rows;
  for (int epoch = 1; epoch <= 4; ++epoch) {
    HistoryRow row;
    row.epoch = epoch;
    row.lr = 1e-4;
    row.train_loss = loss / epoch;
    rows.push_back(row);
  }
  write_sealed_text(path, history_csv(rows), {"train-fold", 1, parameters, {}, ""});
}

CurvesOptions curves_of(std::vector<fs::path> histories, const fs::path& output) {
  return {std::move(histories), output, ""};
}

std::string title_of(const fs::path& figure) { return read_figure_seal(figure).parameters.at("title"); }

TEST(VisualizeCurves, NamesExperimentAndFoldAndSealsItsInputs) {
  const TemporaryFolder folder;
  write_history(folder / "h.csv", {{"experiment", "unet_resnet50"}, {"fold", 2}});
  visualize_curves(curves_of({folder / "h.csv"}, folder / "p.png"));
  const Seal seal = read_figure_seal(folder / "p.png");
  EXPECT_EQ(seal.tool, "visualize");
  EXPECT_EQ(seal.parameters.at("title"), "unet_resnet50 · fold 2");
  EXPECT_EQ(seal.inputs.at("history-0"), read_history(folder / "h.csv").seal.content);
  EXPECT_GT(read_rgb_png(folder / "p.png").size.width, 1000);
}

TEST(VisualizeCurves, TakesTheTitleFromTheFoldersWhereTheSealIsSilent) {
  const TemporaryFolder folder;
  write_history(folder / "tuned/fold1/history.csv", Json::object());
  visualize_curves(curves_of({folder / "tuned/fold1/history.csv"}, folder / "p.png"));
  EXPECT_EQ(title_of(folder / "p.png"), "tuned · fold1");
}

TEST(VisualizeCurves, SeveralHistoriesShareATitle) {
  const TemporaryFolder folder;
  write_history(folder / "a.csv", {{"experiment", "one"}, {"fold", 0}});
  write_history(folder / "b.csv", {{"experiment", "one"}, {"fold", 1}}, 2);
  write_history(folder / "c.csv", {{"experiment", "other"}, {"fold", "all"}}, 3);
  visualize_curves(curves_of({folder / "a.csv", folder / "b.csv"}, folder / "same.png"));
  EXPECT_EQ(title_of(folder / "same.png"), "one");
  visualize_curves(curves_of({folder / "a.csv", folder / "c.csv"}, folder / "two.png"));
  EXPECT_EQ(title_of(folder / "two.png"), "2 trainings");
  EXPECT_EQ(read_figure_seal(folder / "two.png").inputs.size(), 2u);
  CurvesOptions named = curves_of({folder / "a.csv"}, folder / "named.png");
  named.title = "My title";
  visualize_curves(named);
  EXPECT_EQ(title_of(folder / "named.png"), "My title");
}

TEST(VisualizeCurves, EqualRunsGiveEqualBytes) {
  const TemporaryFolder folder;
  write_history(folder / "h.csv", {{"experiment", "e"}, {"fold", 0}});
  visualize_curves(curves_of({folder / "h.csv"}, folder / "a.png"));
  visualize_curves(curves_of({folder / "h.csv"}, folder / "b.png"));
  EXPECT_EQ(read_file(folder / "a.png"), read_file(folder / "b.png"));
}

TEST(VisualizeCurves, LeavesNothingWhenAHistoryIsMissingOrDamaged) {
  const TemporaryFolder folder;
  write_history(folder / "h.csv", Json::object());
  write_file(folder / "h.csv", read_file(folder / "h.csv") + "5,1,1,,,,0,0,0\n");
  expect_error<DataError>([&] { visualize_curves(curves_of({folder / "h.csv"}, folder / "p.png")); }, {"h.csv"});
  expect_error<NotFoundError>([&] { visualize_curves(curves_of({folder / "no.csv"}, folder / "p.png")); }, {"no.csv"});
  EXPECT_FALSE(fs::exists(folder / "p.png"));
}

SamplesOptions samples_of(const fs::path& shard, const fs::path& output) {
  SamplesOptions options;
  options.shards = {shard};
  options.output = output;
  return options;
}

TEST(VisualizeSamples, DrawsTheSamplesAskedForAndSealsTheChoice) {
  const TemporaryFolder folder;
  const auto names = sample_names(2, 3);
  write_noise_shard(folder / "a.h5", names, {16, 32}, {16, 32});
  SamplesOptions options = samples_of(folder / "a.h5", folder / "p.png");
  options.choice.names = {names[4], names[1]};
  visualize_samples(options);
  const Seal seal = read_figure_seal(folder / "p.png");
  EXPECT_EQ(seal.parameters.at("names"), Json({names[4], names[1]}));
  EXPECT_EQ(seal.inputs.at("shards"), ShardSet({folder / "a.h5"}).digest());
}

TEST(VisualizeSamples, DependOnSeedFoldAndEpochAlone) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 3), {16, 32}, {16, 32});
  const auto pixels = [&](auto change) {
    SamplesOptions options = samples_of(folder / "a.h5", folder / "p.png");
    change(options);
    visualize_samples(options);
    return read_figure_seal(folder / "p.png").content;
  };
  const auto nothing = [](SamplesOptions&) {};
  EXPECT_EQ(pixels(nothing), pixels(nothing));
  EXPECT_NE(pixels(nothing), pixels([](SamplesOptions& o) { o.seed = 7; }));
  EXPECT_NE(pixels(nothing), pixels([](SamplesOptions& o) { o.fold = "1"; }));
  EXPECT_NE(pixels(nothing), pixels([](SamplesOptions& o) { o.first_epoch = 2; }));
}

TEST(VisualizeSamples, LabelsOfAnotherSizeAreLaidOnThePhotosGrid) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2), {16, 32}, {32, 64});
  EXPECT_NO_THROW(visualize_samples(samples_of(folder / "a.h5", folder / "p.png")));
}

TEST(ChooseSamples, SpreadsEvenlyOverTheSet) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 9));
  const ShardSet shards({folder / "a.h5"});
  EXPECT_EQ(choose_samples(shards, {}, 3), (std::vector<std::int64_t>{1, 4, 7}));
  EXPECT_EQ(choose_samples(shards, {}, 1), (std::vector<std::int64_t>{4}));
  EXPECT_EQ(choose_samples(shards, {}, 50), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(ChooseSamples, RefusesUnknownNamesAndSaysTheNearest) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const ShardSet shards({folder / "a.h5"});
  expect_error<UsageError>([&] { choose_samples(shards, {"city0_000001_00019"}, 1); },
                           {"'city0_000001_00019'", "did you mean 'city0_000001_000019'"});
  expect_error<UsageError>([&] { choose_samples(shards, {"x"}, 1); }, {"'x'", "city0_000000_000019"});
}

TEST(VisualizeOptions, RefusesWhatMakesNoSense) {
  const auto refused = [](VisualizeOptions options, const std::string& part) {
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  VisualizeOptions options;
  options.command = "chart";
  refused(options, "'chart'");
  options.command = "curves";
  refused(options, "--history");
  options.curves.histories = {"h.csv"};
  refused(options, "--output");
  options.curves.output = "p.jpg";
  refused(options, ".png");
  options.curves.output = "p.png";
  EXPECT_NO_THROW(options.check());
  options.threads = -1;
  refused(options, "--threads");
}

TEST(VisualizeOptions, RefusesAbsurdSamples) {
  const auto refused = [](auto change, const std::string& part) {
    SamplesOptions options = samples_of("a.h5", "p.png");
    EXPECT_NO_THROW(options.check());
    change(options);
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  refused([](SamplesOptions& o) { o.shards.clear(); }, "--shards");
  refused([](SamplesOptions& o) { o.epochs = 0; }, "--epochs is 0");
  refused([](SamplesOptions& o) { o.epochs = 1000; }, "--epochs is 1000");
  refused([](SamplesOptions& o) { o.first_epoch = 0; }, "--first-epoch");
  refused([](SamplesOptions& o) { o.fold = "-2"; }, "--fold -2");
  refused([](SamplesOptions& o) { o.fold = "1x"; }, "--fold 1x");
  refused([](SamplesOptions& o) { o.fold = ""; }, "--fold");
  refused([](SamplesOptions& o) { o.fold = "99999999999"; }, "--fold");
  refused([](SamplesOptions& o) { o.choice.count = 0; }, "--count");
  refused([](SamplesOptions& o) { o.choice.names.assign(1000, "a"); }, "--name");
  refused([](SamplesOptions& o) { o.transform.augment.scale_min = std::nan(""); }, "scale");
}

TEST(VisualizeOptions, PredictionNeedsAModel) {
  PredictionOptions options;
  options.shards = {"a.h5"};
  options.output = "p.png";
  expect_error<UsageError>([&] { options.check(); }, {"--model"});
  options.model = "m.pth";
  EXPECT_NO_THROW(options.check());
}

}  // namespace
}  // namespace segfold
