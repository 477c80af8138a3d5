#include "segfold/stages/score.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/seal.h"
#include "segfold/image/codec.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;

/// Truth of two images, all road, and predictions of which the second is half right.
class Score : public ::testing::Test {
 protected:
  Score() {
    configure_log("test", Verbosity::kQuiet);
    write_truth("a_000000_000019");
    write_truth("b_000000_000019");
    write_prediction("a_000000_000019_predictionLabelIds.png", {7, 7, 7, 7});
    write_prediction("deep/b_000000_000019.png", {7, 7, 8, 8});
    write_prediction("c_000000_000019.png", {7, 7, 7, 7});  // of no truth: passed over
  }

  void write_truth(const std::string& name) const {
    Image truth({2, 2}, 1, 7);
    InstanceMap instances({2, 2}, 1, 7);
    write_file(folder_ / "gt" / name.substr(0, 1) / (name + "_gtFine_labelIds.png"), encode_png(truth));
    write_file(folder_ / "gt" / name.substr(0, 1) / (name + "_gtFine_instanceIds.png"), encode_png(instances));
  }
  void write_prediction(const std::string& name, const std::vector<std::uint8_t>& ids, Size size = {2, 2}) const {
    Image map(size, 1);
    map.pixels = ids;
    write_file(folder_ / "pred" / name, encode_png(map));
  }
  ScoreOptions options() const {
    ScoreOptions options;
    options.predictions = folder_ / "pred";
    options.labels = folder_ / "gt";
    options.output = folder_ / "result.json";
    return options;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(Score, SumsAllPairsAndSealsTheResult) {
  ScoreOptions per_image = options();
  per_image.per_image = true;
  score(per_image);
  const Json document = read_sealed_json(per_image.output, "segfold.scores/1").document;
  EXPECT_EQ(document["classScores"]["road"], 0.75);
  EXPECT_EQ(document["confMatrix"][7][8], 2);
  EXPECT_EQ(document["perImageScores"]["b_000000_000019"]["nbCorrectPixels"], 2);
  EXPECT_TRUE(document["classScores"]["car"].is_null());
}

TEST_F(Score, GivesEqualBytesWhateverTheThreads) {
  ScoreOptions one = options();
  one.threads = 1;
  score(one);
  const std::string first = read_file(one.output);
  one.threads = 4;
  score(one);
  EXPECT_EQ(read_file(one.output), first);
}

TEST_F(Score, ListsEveryFaultAndWritesNothing) {
  write_prediction("a_000000_000019_predictionLabelIds.png", {7, 7, 7, 40});
  write_prediction("deep/b_000000_000019.png", {7, 7, 7, 7, 7, 7}, {2, 3});
  expect_error<Error>([&] { score(options()); }, {"a_000000_000019_predictionLabelIds.png", "id 40", "row 1",
                                                  "b_000000_000019.png: is 2x3", "2x2"});
  EXPECT_FALSE(std::filesystem::exists(options().output));
}

TEST_F(Score, NeverReplacesWhatItReads) {
  ScoreOptions over = options();
  over.output = folder_ / "pred" / "a_000000_000019_predictionLabelIds.png";
  const std::string before = read_file(over.output);
  expect_error<UsageError>([&] { score(over); }, {"a_000000_000019_predictionLabelIds.png", "is read"});
  EXPECT_EQ(read_file(over.output), before);
}

TEST_F(Score, NeedsExactlyOnePredictionAndTheInstancesOfEachTruth) {
  write_prediction("a_000000_000019_again.png", {7, 7, 7, 7});
  expect_error<Error>([&] { score(options()); }, {"several predictions", "a_000000_000019_again.png"});
  std::filesystem::remove(folder_ / "pred" / "a_000000_000019_again.png");
  std::filesystem::remove(folder_ / "pred" / "deep" / "b_000000_000019.png");
  expect_error<Error>([&] { score(options()); }, {"b_000000_000019_gtFine_labelIds.png", "b_000000_000019*.png"});
  write_prediction("b_000000_000019.png", {7, 7, 7, 7});
  std::filesystem::remove(folder_ / "gt" / "b" / "b_000000_000019_gtFine_instanceIds.png");
  expect_error<Error>([&] { score(options()); }, {"b_000000_000019_gtFine_instanceIds.png is missing"});
}

TEST_F(Score, RefusesPredictionsOfTwoRuns) {
  const auto write = [&](const std::string& name, const std::string& model) {
    Seal seal;
    seal.tool = "eval-fold";
    seal.inputs = {{"model", model}};
    const std::string text = compact_json(seal_to_json(seal));
    write_file(folder_ / "pred" / name, encode_png(Image({2, 2}, 1, 7), {{"segfold-seal", text}}));
  };
  write("a_000000_000019_predictionLabelIds.png", "first");
  EXPECT_NO_THROW(score(options()));  // one without a seal may be anybody's
  write("deep/b_000000_000019.png", "first");
  EXPECT_NO_THROW(score(options()));
  std::filesystem::remove(options().output);
  write("deep/b_000000_000019.png", "second");
  expect_error<DataError>([&] { score(options()); }, {"a_000000", "b_000000_000019.png", "two runs"});
  EXPECT_FALSE(std::filesystem::exists(options().output));
}

}  // namespace
}  // namespace segfold
