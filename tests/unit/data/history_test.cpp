#include "segfold/data/history.h"

#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

const std::string kHeader =
    "epoch,lr,train_loss,val_loss,lowres_miou,fullres_miou,seconds,images_per_second,data_wait\n";

TEST(History, IsWrittenWithEmptyFieldsWhereNothingWasMeasured) {
  HistoryRow first{1, 1e-4, 2.5, 2.25, {}, {}, 12.5, 3.5, 0.01};
  HistoryRow second{2, 1e-5, 1.5, {}, 0.25, 0.5, 12, 4, 0};
  EXPECT_EQ(history_csv({first, second}),
            kHeader + "1,0.0001,2.5,2.25,,,12.5,3.5,0.01\n2,1e-05,1.5,,0.25,0.5,12,4,0\n");
}

TEST(History, ReadsBackTheVerySameNumbers) {
  const HistoryRow row{1, 1.0 / 3.0, 0.1 + 0.2, std::nextafter(2.0, 3.0), 1.0 / 7.0, {}, 1e-300, 1e300, 0.5};
  const HistoryRow read = parse_history_csv(history_csv({row}), "h.csv").at(0);
  EXPECT_EQ(read.lr, row.lr);
  EXPECT_EQ(read.train_loss, row.train_loss);
  EXPECT_EQ(read.val_loss, row.val_loss);
  EXPECT_EQ(read.lowres_miou, row.lowres_miou);
  EXPECT_EQ(read.fullres_miou, std::nullopt);
  EXPECT_EQ(read.seconds, row.seconds);
  EXPECT_EQ(read.images_per_second, row.images_per_second);
}

TEST(History, TakesAScoreOverNothingAsNotMeasured) {
  const HistoryRow row{1, 0.1, 1, {}, std::nan(""), {}, 1, 1, 0};
  EXPECT_EQ(parse_history_csv(history_csv({row}), "h.csv").at(0).lowres_miou, std::nullopt);
}

TEST(History, OfNoEpochHasItsHeaderOnly) {
  EXPECT_EQ(history_csv({}), kHeader);
  EXPECT_TRUE(parse_history_csv(kHeader, "h.csv").empty());
}

TEST(History, NamesTheLineThatIsWrong) {
  const auto parse = [](const std::string& rows) { return [rows] { parse_history_csv(kHeader + rows, "h.csv"); }; };
  expect_error<DataError>(parse("1,0.1,1,,,,1,1,0\n2,x,1,,,,1,1,0\n"), {"h.csv:3", "'x'"});
  expect_error<DataError>(parse("1,0.1,1,,,,1,1\n"), {"h.csv:2", "8 columns"});
  expect_error<DataError>(parse("2,0.1,1,,,,1,1,0\n"), {"h.csv:2", "epoch 2, expected 1"});
  expect_error<DataError>(parse("1,0.1,nan,,,,1,1,0\n"), {"h.csv:2", "finite"});
  expect_error<DataError>(parse("1,0.1,1,,1.5,,1,1,0\n"), {"h.csv:2", "1.5"});
  expect_error<DataError>(parse("1,,1,,,,1,1,0\n"), {"h.csv:2"});
  expect_error<DataError>(parse("1,0.1 ,1,,,,1,1,0\n"), {"h.csv:2"});
  expect_error<DataError>([] { parse_history_csv("a,b\n1,2\n", "h.csv"); }, {"h.csv:1", "columns"});
  expect_error<DataError>([] { parse_history_csv("", "h.csv"); }, {"h.csv:1"});
}

TEST(History, IsReadWithItsSeal) {
  const TemporaryFolder folder;
  Seal seal;
  seal.tool = "train-fold";
  seal.parameters = {{"fold", 1}};
  write_sealed_text(folder / "history.csv", history_csv({{1, 0.1, 1, {}, 0.5, {}, 1, 1, 0}}), seal);
  const History history = read_history(folder / "history.csv");
  EXPECT_EQ(history.rows.size(), 1u);
  EXPECT_EQ(history.seal.run_digest(), seal.run_digest());
  write_file(folder / "history.csv", history_csv({{1, 0.1, 1, {}, 0.9, {}, 1, 1, 0}}));
  expect_error<DataError>([&] { read_history(folder / "history.csv"); }, {"history.csv", "seal"});
}

TEST(History, IsToldFromAnotherFileBeforeItsSealIsMissed) {
  const TemporaryFolder folder;
  write_file(folder / "x.json", "{}\n");
  expect_error<DataError>([&] { read_history(folder / "x.json"); }, {"x.json:1: expected a history of train-fold"});
}

TEST(ScoresDigest, LeavesTheTimingsOut) {
  std::vector<HistoryRow> rows(2);
  rows[0].train_loss = 0.5;
  std::vector<HistoryRow> slower = rows;
  slower[1].seconds = 9;
  EXPECT_EQ(scores_digest(rows), scores_digest(slower));
  slower[0].train_loss = 0.6;
  EXPECT_NE(scores_digest(rows), scores_digest(slower));
}

}  // namespace
}  // namespace segfold
