#include "segfold/score/metrics.h"

#include <functional>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

/// Two images of two classes (a third never occurs).
Metrics small_metrics() {
  Metrics metrics;
  metrics.experiment = "unet";
  metrics.fold = 1;
  metrics.split = "held-out";
  metrics.resolution = "2x3";
  metrics.classes = {"road", "sky", "car"};
  metrics.confusion = ConfusionMatrix(3);
  metrics.confusion.at(0, 0) = 5;
  metrics.confusion.at(0, 1) = 1;
  metrics.confusion.at(1, 0) = 2;
  metrics.confusion.at(1, 1) = 4;
  metrics.per_image = {{"a_1", "a", {3, 2, 0}, {0, 1, 0}, {1, 0, 0}}, {"b_1", "b", {2, 2, 0}, {2, 0, 0}, {0, 2, 0}}};
  return metrics;
}

/// The same with boundaries and objects counted, as if all objects were large.
Metrics fine_metrics() {
  Metrics metrics = small_metrics();
  const std::vector<std::uint64_t> none{0, 0, 0};
  for (ImageCounts& image : metrics.per_image) {
    image.fine = FineCounts{{{1, 2, 1, 1}, {1, 1, 0, 1}, {}},
                            {OverlapCounts{none, none, none}, OverlapCounts{none, none, none},
                             OverlapCounts{image.tp, image.fp, image.fn}}};
  }
  return metrics;
}

Seal eval_seal() {
  Seal seal;
  seal.tool = "eval-fold";
  seal.results_version = 1;
  return seal;
}

/// Writes the metrics after a change of their JSON, sealed as if it were right, and expects that they are refused.
void expect_refused(const std::function<void(Json&)>& change, std::initializer_list<std::string> parts,
                    const Metrics& metrics = small_metrics()) {
  const TemporaryFolder folder;
  Json document = metrics_to_json(metrics);
  change(document);
  write_sealed_json(folder / "m.json", document, eval_seal());
  expect_error<DataError>([&] { read_metrics(folder / "m.json"); }, parts);
}

TEST(Metrics, ComeBackAsTheyWereWritten) {
  const TemporaryFolder folder;
  const Metrics written = small_metrics();
  write_metrics(folder / "m.json", written, eval_seal());
  const SealedMetrics read = read_metrics(folder / "m.json");
  EXPECT_EQ(read.metrics.experiment, "unet");
  EXPECT_EQ(read.metrics.fold, 1);
  EXPECT_EQ(read.metrics.split, "held-out");
  EXPECT_EQ(read.metrics.resolution, "2x3");
  EXPECT_EQ(read.metrics.classes, written.classes);
  EXPECT_EQ(read.metrics.confusion, written.confusion);
  ASSERT_EQ(read.metrics.per_image.size(), 2u);
  EXPECT_EQ(read.metrics.per_image[1].name, "b_1");
  EXPECT_EQ(read.metrics.per_image[1].fn, written.per_image[1].fn);
  EXPECT_EQ(read.seal.tool, "eval-fold");
}

TEST(Metrics, HoldTheKeysThatAreDocumented) {
  const Json document = metrics_to_json(small_metrics());
  std::vector<std::string> keys;
  for (const auto& [key, value] : document.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"format", "experiment", "fold", "split", "resolution", "classes", "methods",
                                            "images", "confusion", "iou", "miou", "pixel_accuracy", "per_image"}));
  EXPECT_EQ(document["format"], "segfold.metrics/1");
  EXPECT_EQ(document["images"], 2);
  EXPECT_EQ(document["confusion"][1][0], 2);
}

TEST(Metrics, SayOfTheirFiguresHowTheyWereMade) {
  for (const Metrics& metrics : {small_metrics(), fine_metrics()}) {
    const Json document = metrics_to_json(metrics);
    for (const char* key : {"confusion", "iou", "miou", "pixel_accuracy", "boundary", "object_size"}) {
      EXPECT_EQ(document["methods"].contains(key), document.contains(key)) << key;
    }
  }
}

TEST(Metrics, DeriveTheScoresAndWriteNaNAsNull) {
  const Json document = metrics_to_json(small_metrics());
  EXPECT_DOUBLE_EQ(document["iou"]["road"].get<double>(), 5.0 / 8.0);
  EXPECT_DOUBLE_EQ(document["iou"]["sky"].get<double>(), 4.0 / 7.0);
  EXPECT_TRUE(document["iou"]["car"].is_null());
  EXPECT_DOUBLE_EQ(document["miou"].get<double>(), (5.0 / 8.0 + 4.0 / 7.0) / 2);
  EXPECT_DOUBLE_EQ(document["pixel_accuracy"].get<double>(), 0.75);
}

TEST(Metrics, HoldBoundariesAndObjectsWhereTheyWereMeasured) {
  const TemporaryFolder folder;
  const Metrics written = fine_metrics();
  write_metrics(folder / "m.json", written, eval_seal());
  const Metrics read = read_metrics(folder / "m.json").metrics;
  EXPECT_EQ(read.per_image[0].fine, written.per_image[0].fine);
  EXPECT_EQ(read.per_image[1].fine, written.per_image[1].fine);
  const Json document = metrics_to_json(read);
  EXPECT_DOUBLE_EQ(document["boundary"]["f"]["road"].get<double>(), 2.0 / 3.0);
  EXPECT_EQ(document["object_size"]["iou"]["large"], document["iou"]);
  EXPECT_FALSE(fine_scores(small_metrics()).has_value());
}

TEST(Metrics, AreRefusedWhenOnlySomeImagesHaveBoundaries) {
  const auto forget = [](Json& document) {
    document["per_image"][1].erase("boundary");
    document["per_image"][1].erase("object_size");
  };
  expect_refused(forget, {"only one of 'a_1' and 'b_1'"}, fine_metrics());
  Metrics metrics = fine_metrics();
  metrics.per_image[0].fine.reset();
  EXPECT_THROW(metrics_to_json(metrics), InternalError);
}

TEST(Metrics, AreRefusedWhenBoundariesAreDamaged) {
  expect_refused([](Json& document) { document["per_image"][1]["boundary"]["truth"][0] = 99; }, {"'b_1'", "class 0"},
                 fine_metrics());
  expect_refused([](Json& document) { document["boundary"]["tolerance"] = 5; }, {"tolerance 5"}, fine_metrics());
}

TEST(Metrics, HaveNoFoldWhereTheModelSawEverySample) {
  const TemporaryFolder folder;
  Metrics metrics = small_metrics();
  metrics.fold.reset();
  write_metrics(folder / "m.json", metrics, eval_seal());
  EXPECT_EQ(read_metrics(folder / "m.json").metrics.fold, std::nullopt);
}

TEST(Metrics, AreReadWithKeysThatNobodyKnows) {
  const TemporaryFolder folder;
  Json document = metrics_to_json(small_metrics());
  document["later"] = 1;
  write_sealed_json(folder / "m.json", document, eval_seal());
  EXPECT_NO_THROW(read_metrics(folder / "m.json"));
}

TEST(Metrics, AreRefusedWhenChangedByHand) {
  const TemporaryFolder folder;
  write_metrics(folder / "m.json", small_metrics(), eval_seal());
  std::string text = read_file(folder / "m.json");
  text.replace(text.find("\"unet\""), 6, "\"best\"");
  write_file(folder / "m.json", text);
  expect_error<DataError>([&] { read_metrics(folder / "m.json"); }, {"m.json", "seal"});
}

TEST(Metrics, AreRefusedWhenTheMatrixIsNotSquare) {
  expect_refused([](Json& document) { document["confusion"][1].push_back(0); }, {"m.json", "matrix of 3 × 3"});
  expect_refused([](Json& document) { document["confusion"].erase(0); }, {"matrix of 3 × 3"});
  expect_refused([](Json& document) { document["classes"].push_back("bus"); }, {"matrix of 4 × 4"});
}

TEST(Metrics, AreRefusedWhenCountsAreNoCounts) {
  expect_refused([](Json& document) { document["confusion"][0][0] = -5; }, {"(0, 0)"});
  expect_refused([](Json& document) { document["confusion"][0][0] = 5.5; }, {"(0, 0)"});
  expect_refused([](Json& document) { document["confusion"][0][0] = std::uint64_t{1} << 60; }, {"(0, 0)"});
  expect_refused([](Json& document) { document["per_image"][0]["tp"][0] = true; }, {"tp", "a_1"});
  expect_refused([](Json& document) { document["per_image"][0]["fn"].erase(0); }, {"fn", "a_1"});
}

TEST(Metrics, AreRefusedWhenTheImagesDoNotSumToTheMatrix) {
  expect_refused([](Json& document) { document["per_image"][0]["tp"][0] = 4; }, {"road", "sum"});
  expect_refused([](Json& document) { document["per_image"][1]["fp"][0] = 1; }, {"road", "sum"});
  expect_refused([](Json& document) { document["per_image"][1]["fn"][1] = 1; }, {"sky", "sum"});
}

TEST(Metrics, AreRefusedWhenImagesAreMissingOrStandTwice) {
  expect_refused([](Json& document) { document["images"] = 3; }, {"per_image"});
  expect_refused([](Json& document) { document["per_image"][1]["name"] = "a_1"; }, {"a_1", "twice"});
}

TEST(Metrics, AreRefusedWithUnknownWords) {
  expect_refused([](Json& document) { document["split"] = "train"; }, {"split", "train"});
  expect_refused([](Json& document) { document["resolution"] = "large"; }, {"resolution", "large"});
  expect_refused([](Json& document) { document["fold"] = -1; }, {"fold"});
  expect_refused([](Json& document) { document["classes"] = {"road", "road", "car"}; }, {"classes", "twice"});
  expect_refused([](Json& document) { document.erase("experiment"); }, {"experiment", "missing"});
}

}  // namespace
}  // namespace segfold
