#include "segfold/score/counts_reader.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using testing::expect_error;

const CountsReader kReader{"m.json"};

TEST(CountsReader, ReadsListsOfWholeNumbers) {
  const Json object = parse_json(R"({"tp": [1, 0, 7]})", "m.json");
  EXPECT_EQ(kReader.counts(object, "tp", 3, "image 'a'"), (std::vector<std::uint64_t>{1, 0, 7}));
}

TEST(CountsReader, RefusesWhatIsNoCount) {
  for (const Json& value :
       {Json(-1), Json(1.5), Json("1"), Json(true), Json(nullptr), Json((std::uint64_t{1} << 40) + 1)}) {
    expect_error<DataError>([&] { kReader.count(value, "'x'"); }, {"m.json", "'x' is not a number of pixels", "again"});
  }
}

TEST(CountsReader, RefusesListsThatAreMissingOrOfAnotherLength) {
  expect_error<DataError>([&] { kReader.counts({{"tp", {1, 2}}}, "tp", 3, "image 'a'"); },
                          {"m.json: tp of image 'a' is not a list of 3 numbers"});
  expect_error<DataError>([&] { kReader.counts({{"tp", 3}}, "tp", 3, "image 'a'"); }, {"not a list"});
  expect_error<DataError>([&] { kReader.counts(Json::object(), "tp", 3, "image 'a'"); }, {"image 'a'", "tp"});
}

}  // namespace
}  // namespace segfold
