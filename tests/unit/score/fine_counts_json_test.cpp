#include "segfold/score/fine_counts_json.h"

#include <gtest/gtest.h>

#include <functional>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using testing::expect_error;

const CountsReader kReader{"m.json"};
const std::vector<std::string> kClasses{"road", "pole"};

/// Of an image with 9 right pixels of road, 2 of pole, of which a third was taken for road.
FineCounts example() {
  return {{{3, 4, 2, 2}, {2, 2, 2, 3}},
          {OverlapCounts{{0, 2}, {0, 0}, {0, 1}}, OverlapCounts{{0, 0}, {0, 0}, {0, 0}},
           OverlapCounts{{9, 0}, {1, 0}, {0, 0}}}};
}
OverlapCounts example_pixels() { return {{9, 2}, {1, 0}, {0, 1}}; }

Json example_json() {
  Json image{{"name", "a"}};
  add_fine_counts(image, example());
  return image;
}

Json example_document() {
  FineScores scores(2);
  scores.add(example());
  Json document = Json::object();
  add_fine_scores(document, scores, kClasses);
  return document;
}

/// Expects that the image's counts are refused after a change, as they would come from a file.
void expect_refused(const std::function<void(Json&)>& change, std::initializer_list<std::string> parts) {
  Json changed = example_json();
  change(changed);
  const Json image = parse_json(json_text(changed), "m.json");
  expect_error<DataError>([&] { read_fine_counts(image, example_pixels(), "image 'a'", kReader); }, parts);
}

TEST(FineCountsJson, HasTheKeysThatAreDocumented) {
  EXPECT_EQ(
      example_json().dump(),
      R"({"name":"a","boundary":{"matched_predicted":[3,2],"predicted":[4,2],"matched_truth":[2,2],"truth":[2,3]},)"
      R"("object_size":{"small":{"tp":[0,2],"fp":[0,0],"fn":[0,1]},"medium":{"tp":[0,0],"fp":[0,0],"fn":[0,0]},)"
      R"("large":{"tp":[9,0],"fp":[1,0],"fn":[0,0]}}})");
}

TEST(FineCountsJson, ComesBackAsItWasWritten) {
  EXPECT_EQ(read_fine_counts(example_json(), example_pixels(), "image 'a'", kReader), example());
}

TEST(FineCountsJson, IsNoneWhereNothingWasMeasured) {
  EXPECT_EQ(read_fine_counts({{"name", "a"}}, example_pixels(), "image 'a'", kReader), std::nullopt);
}

TEST(FineCountsJson, IsRefusedWhenHalfIsMissing) {
  expect_refused([](Json& image) { image.erase("boundary"); }, {"m.json", "image 'a'", "boundary"});
  expect_refused([](Json& image) { image.erase("object_size"); }, {"image 'a'", "object_size"});
  expect_refused([](Json& image) { image["object_size"].erase("medium"); }, {"image 'a'", "medium"});
  expect_refused([](Json& image) { image["boundary"].erase("truth"); }, {"image 'a'", "truth"});
  expect_refused([](Json& image) { image["boundary"] = 3; }, {"image 'a'", "boundary"});
}

TEST(FineCountsJson, IsRefusedWhenMoreIsMatchedThanThereIs) {
  expect_refused([](Json& image) { image["boundary"]["matched_predicted"][0] = 5; }, {"'boundary' of image 'a'", "0"});
  expect_refused([](Json& image) { image["boundary"]["matched_truth"][1] = 4; }, {"'boundary' of image 'a'", "1"});
}

TEST(FineCountsJson, IsRefusedWhenABoundaryHasMorePixelsThanTheClass) {
  expect_refused([](Json& image) { image["boundary"]["predicted"][0] = 11; }, {"class 0", "tp, fp and fn"});
  expect_refused([](Json& image) { image["boundary"]["truth"][1] = 4; }, {"class 1", "tp, fp and fn"});
}

TEST(FineCountsJson, IsRefusedWhenTheSizesDoNotSumToTheImage) {
  for (const char* key : {"tp", "fp", "fn"}) {
    expect_refused([&](Json& image) { image["object_size"]["medium"][key][1] = 1; },
                   {"'object_size' of image 'a'", "class 1"});
  }
  expect_refused([](Json& image) { image["object_size"]["small"]["tp"][1] = -2; }, {"'small'", "number of pixels"});
}

TEST(FineScoresJson, HasTheKeysThatAreDocumented) {
  const Json document = example_document();
  EXPECT_EQ(document["boundary"]["tolerance"], 2);
  EXPECT_DOUBLE_EQ(document["boundary"]["f"]["road"].get<double>(), 2 * 0.75 / 1.75);
  EXPECT_DOUBLE_EQ(document["boundary"]["f"]["pole"].get<double>(), 0.8);
  EXPECT_DOUBLE_EQ(document["boundary"]["mean"].get<double>(), (2 * 0.75 / 1.75 + 0.8) / 2);
  EXPECT_EQ(document["object_size"].dump(),
            R"({"grid":"1024x2048","limits":[1024,9216],"iou":{"small":{"road":null,"pole":0.6666666666666666},)"
            R"("medium":{"road":null,"pole":null},"large":{"road":0.9,"pole":null}},)"
            R"("mean":{"small":0.6666666666666666,"medium":null,"large":0.9}})");
}

TEST(FineScoresJson, IsRefusedWhenMeasuredInAnotherWay) {
  EXPECT_NO_THROW(check_fine_settings(example_document(), kReader));
  const auto expect_unfit = [](const std::function<void(Json&)>& change, std::initializer_list<std::string> parts) {
    Json document = example_document();
    change(document);
    expect_error<DataError>([&] { check_fine_settings(document, kReader); }, parts);
  };
  expect_unfit([](Json& document) { document["boundary"]["tolerance"] = 3; },
               {"'boundary' was measured with tolerance 3, expected 2"});
  expect_unfit([](Json& document) { document["object_size"]["limits"][0] = 1000; }, {"limits [1000,9216]"});
  expect_unfit([](Json& document) { document["object_size"].erase("grid"); }, {"'object_size'", "grid"});
  expect_unfit([](Json& document) { document.erase("boundary"); }, {"m.json", "boundary"});
}

}  // namespace
}  // namespace segfold
