#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/history.h"
#include "segfold/image/codec.h"
#include "segfold/report/figure.h"
#include "segfold/stages/visualize.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TemporaryFolder;

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

}  // namespace
}  // namespace segfold
