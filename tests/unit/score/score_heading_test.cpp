#include "segfold/score/score_heading.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

ScoreHeading heading() { return {"unet", 1, "held-out", "2x3", {"road", "sky"}}; }

/// Reads a document as it comes out of a file, where whole numbers are unsigned.
ScoreHeading read(const Json& document) {
  return read_score_heading(parse_json(json_text(document), "scores.json"), CountsReader{"scores.json"});
}

/// Expects that a heading is refused whose `key` has another value.
void expect_refused(const std::string& key, const Json& value, std::initializer_list<std::string> parts) {
  Json document = score_heading_to_json("trial/1", heading());
  document[key] = value;
  testing::expect_error<DataError>([&] { read(document); }, parts);
}

TEST(ScoreHeading, ComesBackAsItWasWritten) {
  const Json document = score_heading_to_json("trial/1", heading());
  EXPECT_EQ(document.dump(),
            R"({"format":"trial/1","experiment":"unet","fold":1,"split":"held-out","resolution":"2x3",)"
            R"("classes":["road","sky"]})");
  const ScoreHeading again = read(document);
  EXPECT_EQ(again.experiment, "unet");
  EXPECT_EQ(again.fold, 1);
  EXPECT_EQ(again.split, "held-out");
  EXPECT_EQ(again.resolution, "2x3");
  EXPECT_EQ(again.classes, heading().classes);
}

TEST(ScoreHeading, HasNoFoldWhereTheModelSawEverySample) {
  ScoreHeading whole = heading();
  whole.fold.reset();
  EXPECT_EQ(read(score_heading_to_json("trial/1", whole)).fold, std::nullopt);
}

TEST(ScoreHeading, IsRefusedWhereAValueCannotBe) {
  expect_refused("fold", -1, {"scores.json", "'fold'"});
  expect_refused("split", "val", {"scores.json", "'val'", "held-out"});
  expect_refused("resolution", "2 x 3", {"'2 x 3'", "512x1024"});
  expect_refused("classes", Json::array(), {"'classes'", "1 to 254"});
  expect_refused("classes", {"road", "road"}, {"'classes'", "twice"});
  expect_refused("experiment", 7, {"'experiment'"});
}

}  // namespace
}  // namespace segfold
