#include "segfold/nn/safetensors_header.h"

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;

using Integers = std::vector<std::int64_t>;

SafetensorsHeader parse(const std::string& json, std::uint64_t data_bytes) {
  return parse_safetensors_header(json, data_bytes, "w.safetensors");
}

void expect_refused(const std::string& json, std::uint64_t data_bytes, std::initializer_list<std::string> parts) {
  expect_error<DataError>([&] { parse(json, data_bytes); }, {"w.safetensors"});
  expect_error<DataError>([&] { parse(json, data_bytes); }, parts);
}

TEST(SafetensorsHeader, ReadsTensorsInTheOrderOfTheHeader) {
  const SafetensorsHeader header = parse(
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[2,1],"data_offsets":[4,8]},"a":{"data_offsets":[0,4],"dtype":"F32","shape":[]}}  )",
      8);
  ASSERT_EQ(header.entries.size(), 2u);
  EXPECT_EQ(header.entries[0].name, "b");
  EXPECT_EQ(header.entries[0].dtype, DType::kFloat16);
  EXPECT_EQ(header.entries[0].shape, (Integers{2, 1}));
  EXPECT_EQ(header.entries[0].begin, 4u);
  EXPECT_EQ(header.entries[0].end, 8u);
  EXPECT_EQ(header.entries[1].name, "a");
  EXPECT_TRUE(header.entries[1].shape.empty());
  EXPECT_EQ(header.metadata, (std::map<std::string, std::string>{{"format", "pt"}}));
}

TEST(SafetensorsHeader, ReadsBackWhatItWrote) {
  SafetensorsHeader header;
  header.metadata = {{"segfold", R"({"classes":["a\"b"]})"}};
  header.entries = {{"conv1.\"weight\"\n", DType::kFloat32, {2, 3}, 0, 24}, {"größe", DType::kBool, {0, 7}, 24, 24}};
  const std::string text = safetensors_header_text(header);
  EXPECT_EQ(text.size() % 8, 0u);
  const SafetensorsHeader found = parse(text, 24);
  EXPECT_EQ(found.metadata, header.metadata);
  ASSERT_EQ(found.entries.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(found.entries[i].name, header.entries[i].name);
    EXPECT_EQ(found.entries[i].dtype, header.entries[i].dtype);
    EXPECT_EQ(found.entries[i].shape, header.entries[i].shape);
    EXPECT_EQ(found.entries[i].begin, header.entries[i].begin);
    EXPECT_EQ(found.entries[i].end, header.entries[i].end);
  }
}

TEST(SafetensorsHeader, IsEmptyWithoutTensors) {
  EXPECT_EQ(safetensors_header_text({}), "{}      ");
  EXPECT_TRUE(parse("{}", 0).entries.empty());
}

TEST(SafetensorsHeader, MaySayThatThereAreNoMetadata) {
  EXPECT_TRUE(parse_safetensors_header(R"({"__metadata__":null})", 0, "w.safetensors").metadata.empty());
  expect_refused(R"({"a":null})", 0, {"wrong kind"});
}

TEST(SafetensorsHeader, RefusesWhatIsNoJson) {
  expect_refused("", 0, {"no safetensors file"});
  expect_refused(" {}", 0, {"no JSON object"});
  expect_refused("[]", 0, {"no JSON object"});
  expect_refused("{", 0, {"no valid JSON"});
  expect_refused("{} x", 0, {"no valid JSON"});
  expect_refused(std::string("{}\0{", 4), 0, {"no JSON object"});
  expect_refused("{\"\xff\":1}", 0, {"no valid JSON"});
  expect_refused(R"({"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}})", 4, {"no valid JSON"});
}

TEST(SafetensorsHeader, RefusesValuesOfTheWrongKind) {
  for (const char* value : {"1", "null", "true", "\"x\"", "[]", "-1", "1.5"})
    expect_refused(R"({"a":)" + std::string(value) + "}", 0, {"wrong kind"});
  expect_refused(R"({"__metadata__":{"a":1}})", 0, {"wrong kind", "__metadata__"});
  expect_refused(R"({"__metadata__":{"a":{}}})", 0, {"wrong kind"});
  expect_refused(R"({"__metadata__":[]})", 0, {"wrong kind"});
  for (const char* shape : {"4", "\"4\"", "[[4]]", "[-4]", "[4.0]", "[null]", "[{}]"}) {
    expect_refused(R"({"a":{"dtype":"U8","data_offsets":[0,4],"shape":)" + std::string(shape) + "}}", 4,
                   {"wrong kind", "'a'"});
  }
  for (const char* offsets : {"4", "[0,2,4]", "[0,-4]", "[0,4.0]", "[0,\"4\"]", "[[0,4]]"}) {
    expect_refused(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + std::string(offsets) + "}}", 4,
                   {"wrong kind", "'a'"});
  }
  expect_refused(R"({"a":{"dtype":["U8"],"shape":[4],"data_offsets":[0,4]}})", 4, {"wrong kind"});
}

TEST(SafetensorsHeader, RefusesMissingUnknownAndDoubleKeys) {
  expect_refused(R"({"a":{"dtype":"U8","shape":[4]}})", 4, {"lacks", "'a'"});
  expect_refused(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}})", 4, {"lacks", "'a'"});
  expect_refused(R"({"a":{}})", 0, {"lacks"});
  expect_refused(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"x":1}})", 4, {"unknown key 'x'"});
  expect_refused(R"({"a":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4, {"'dtype' twice"});
  expect_refused(R"({"__metadata__":{"a":"1","a":"2"}})", 0, {"'a' twice"});
  expect_refused(R"({"__metadata__":{},"__metadata__":{}})", 0, {"'__metadata__' twice"});
  const std::string tensor = R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  expect_refused("{" + tensor + "," + tensor + "}", 0, {"'a' twice"});
}

TEST(SafetensorsHeader, RefusesUnknownTypes) {
  expect_refused(R"({"a":{"dtype":"I16","shape":[1],"data_offsets":[0,2]}})", 2,
                 {"'a'", "dtype 'I16' is not supported"});
  expect_refused(R"({"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}})", 4, {"dtype 'f32'"});
}

TEST(SafetensorsHeader, RefusesSizesThatDoNotFitTheirOffsets) {
  expect_refused(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, {"'a'", "[0, 4]", "expected 8 bytes"});
  expect_refused(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4, {"[4, 0]"});
  expect_refused(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0, {"no tensor's"});
  expect_refused(R"({"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,0]}})", 0,
                 {"size of 9223372036854775808"});
  expect_refused(R"({"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,0]}})", 0, {"wrong kind"});
}

TEST(SafetensorsHeader, RefusesMoreDimensionsThanAnyTensorHas) {
  const auto with_rank = [](int rank) {
    std::string ones = "1";
    for (int i = 1; i < rank; ++i) ones += ",1";
    return R"({"a":{"dtype":"U8","shape":[)" + ones + R"(],"data_offsets":[0,1]}})";
  };
  EXPECT_EQ(parse(with_rank(64), 1).entries[0].shape, Integers(64, 1));
  expect_refused(with_rank(65), 1, {"'a'", "more than 64 dimensions"});
}

TEST(SafetensorsHeader, RefusesHolesOverlapsAndTails) {
  const auto pair = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + a +
           R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + b + "}}";
  };
  EXPECT_NO_THROW(parse(pair("[4,8]", "[0,4]"), 8));
  expect_refused(pair("[0,4]", "[5,9]"), 9, {"'b'", "begin at byte 5, expected 4"});
  expect_refused(pair("[0,4]", "[3,7]"), 7, {"'b'", "overlap"});
  expect_refused(pair("[0,4]", "[0,4]"), 4, {"'b'", "overlap"});
  expect_refused(pair("[1,5]", "[5,9]"), 9, {"'a'", "expected 0"});
  expect_refused(pair("[0,4]", "[4,8]"), 7, {"7 bytes of data, the header says 8"});
  expect_refused(pair("[0,4]", "[4,8]"), 9, {"9 bytes of data"});
  expect_refused(pair("[0,4]", "[18446744073709551612,18446744073709551616]"), 8, {"wrong kind"});
}

TEST(SafetensorsHeader, DoesNotGrowWithNesting) {
  constexpr std::uint64_t kDataBytes = 10'000'000;
  expect_refused(R"({"a":)" + std::string(1'000'000, '['), kDataBytes, {"wrong kind"});
  expect_refused(std::string(1'000'000, '{'), kDataBytes, {"w.safetensors"});
}

TEST(SafetensorsHeader, RefusesATextThatIsMostOfTheFile) {
  const std::string json = R"({"__metadata__":{"a":")" + std::string(100'000, 'x') + R"("}})";
  expect_refused(json, 0, {"longer than a third of the file"});
  expect_error<DataError>([&] { parse(json, 200'000); }, {"200000 bytes of data, the header says 0"});
}

TEST(SafetensorsHeader, RefusesMoreMetadataThanTheFileIsLargeFor) {
  std::string json = R"({"__metadata__":{"":"")";
  for (int i = 0; i < 10'000; ++i) json += fmt::format(R"(,"{}":"")", i);
  json += "}}";
  expect_refused(json, 0, {"four times the file"});
  expect_error<DataError>([&] { parse(json, 1'000'000); }, {"1000000 bytes of data, the header says 0"});
}

TEST(SafetensorsHeader, TakesQuotesInATextForAPartOfIt) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "\\\"";
  expect_refused(R"({"__metadata__":{"a":")" + text + R"("}})", 0, {"longer than a third of the file"});
}

}  // namespace
}  // namespace segfold
