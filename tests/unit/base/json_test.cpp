#include "segfold/base/json.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;

TEST(ParseJson, NamesLineAndColumnOfTheFault) {
  expect_error<DataError>([] { parse_json("{\n  \"a\": 1,\n  \"b\": x\n}", "a.json"); }, {"a.json:3:8:"});
  expect_error<DataError>([] { parse_json("x", "a.json"); }, {"a.json:1:1:"});
  expect_error<DataError>([] { parse_json("", "a.json"); }, {"a.json:1:1:"});
  expect_error<DataError>([] { parse_json("{} {}", "a.json"); }, {"a.json:1:4:"});
  expect_error<DataError>([] { parse_json("[1,\n2", "a.json"); }, {"a.json:2:"});
}

TEST(ParseJson, RefusesWhatNestsDeeply) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_NO_THROW(parse_json(nested(60), "a.json"));
  expect_error<DataError>([&] { parse_json(nested(1'000'000), "a.json"); }, {"a.json", "64 levels"});
}

TEST(ParseJson, RefusesSoManyValuesThatTheyTakeGigabytes) {
  std::string zeros = "[";
  for (int i = 0; i < 10'000'000; ++i) zeros += "0,";
  expect_error<DataError>([&] { parse_json(zeros + "0]", "a.json"); }, {"a.json", "10000000 values"});
}

TEST(ParseJson, RefusesNumbersBeyondAllRange) {
  expect_error<DataError>([] { parse_json("[1e999]", "a.json"); }, {"a.json", "number"});
}

TEST(ReadJson, NamesTheFile) {
  const testing::TemporaryFolder folder;
  write_file(folder / "x.json", "{\"a\": [1, 2]}");
  EXPECT_EQ(read_json(folder / "x.json")["a"][1], 2);
  write_file(folder / "x.json", "{");
  expect_error<DataError>([&] { read_json(folder / "x.json"); }, {"x.json:1:", "no valid JSON"});
  expect_error<NotFoundError>([&] { read_json(folder / "y.json"); }, {"y.json"});
}

TEST(JsonText, KeepsTheOrderOfKeysAndEndsWithANewline) {
  Json document;
  document["z"] = 1;
  document["a"] = {0.1, nullptr};
  EXPECT_EQ(json_text(document), "{\n  \"z\": 1,\n  \"a\": [\n    0.1,\n    null\n  ]\n}\n");
}

TEST(JsonText, WritesNanAsNullAndNeverThrows) {
  EXPECT_EQ(json_text(std::numeric_limits<double>::quiet_NaN()), "null\n");
  EXPECT_EQ(json_text("\xff"), "\"\xEF\xBF\xBD\"\n");  // no UTF-8: the replacement character
}

TEST(JsonValue, GivesMembersOfTheAskedType) {
  const Json document = {{"count", 3}, {"names", {"a", "b"}}, {"inputs", {{"x", "1"}}}};
  EXPECT_EQ(json_value<int>(document, "count", "a.json"), 3);
  EXPECT_EQ(json_value<std::vector<std::string>>(document, "names", "a.json")[1], "b");
  EXPECT_EQ((json_value<std::map<std::string, std::string>>(document, "inputs", "a.json").at("x")), "1");
}

TEST(JsonValue, NamesWhatIsMissingOrOfAnotherType) {
  const Json document = {{"count", "three"}};
  expect_error<DataError>([&] { json_value<int>(document, "names", "a.json"); }, {"a.json", "'names'", "missing"});
  expect_error<DataError>([&] { json_value<int>(document, "count", "a.json"); }, {"a.json", "'count'", "wrong type"});
  const Json numbers = {{"third", 3.7}, {"yes", true}, {"below", -1}, {"whole", 3}};
  expect_error<DataError>([&] { json_value<int>(numbers, "third", "a.json"); }, {"'third'", "wrong type"});
  expect_error<DataError>([&] { json_value<int>(numbers, "yes", "a.json"); }, {"'yes'", "wrong type"});
  expect_error<DataError>([&] { json_value<double>(numbers, "yes", "a.json"); }, {"'yes'", "wrong type"});
  expect_error<DataError>([&] { json_value<std::uint64_t>(numbers, "below", "a.json"); }, {"'below'", "wrong type"});
  EXPECT_EQ(json_value<double>(numbers, "whole", "a.json"), 3);
  expect_error<DataError>([] { json_value<int>(Json::array(), "count", "a.json"); }, {"'count'", "missing"});
  const Json mixed = {{"names", {"a", 1}}};
  expect_error<DataError>([&] { json_value<std::vector<std::string>>(mixed, "names", "a.json"); },
                          {"a.json", "'names'", "wrong type"});
}

TEST(JsonValue, TakesNumbersWithinTheRangeOfTheirType) {
  const Json numbers = parse_json(
      "{\"large\": 4294967299, \"most\": 2147483647, \"least\": -2147483648, \"beyond\": 18446744073709551615}", "");
  EXPECT_EQ(json_value<int>(numbers, "most", "a.json"), std::numeric_limits<int>::max());
  EXPECT_EQ(json_value<int>(numbers, "least", "a.json"), std::numeric_limits<int>::min());
  EXPECT_EQ(json_value<std::int64_t>(numbers, "large", "a.json"), 4294967299);
  EXPECT_EQ(json_value<std::uint64_t>(numbers, "beyond", "a.json"), std::numeric_limits<std::uint64_t>::max());
  expect_error<DataError>([&] { json_value<int>(numbers, "large", "a.json"); }, {"'large'", "wrong type"});
  expect_error<DataError>([&] { json_value<std::uint8_t>(numbers, "most", "a.json"); }, {"'most'", "wrong type"});
  expect_error<DataError>([&] { json_value<std::int64_t>(numbers, "beyond", "a.json"); }, {"'beyond'", "wrong type"});
}

TEST(JsonValue, LooksAtTheElementsOfLists) {
  const Json lists = parse_json("{\"whole\": [1, 2, 3], \"mixed\": [1.9, true], \"nested\": [[1], [2.5]]}", "");
  EXPECT_EQ(json_value<std::vector<int>>(lists, "whole", "a.json"), (std::vector{1, 2, 3}));
  EXPECT_EQ((json_value<std::array<double, 3>>(lists, "whole", "a.json")), (std::array{1.0, 2.0, 3.0}));
  const auto refuse = [&]<class T>(const char* key, const T&) {
    expect_error<DataError>([&] { json_value<T>(lists, key, "a.json"); }, {key, "wrong type"});
  };
  refuse("mixed", std::vector<int>());
  refuse("nested", std::vector<std::vector<int>>());
  refuse("whole", std::array<double, 2>());  // a longer list is not cut
  refuse("whole", std::array<double, 4>());
  refuse("whole", std::vector<std::string>());
}

TEST(CompactJson, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(compact_json({{"b", {1, 2.5}}, {"a", "\xff"}}), "{\"b\":[1,2.5],\"a\":\"\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace segfold
