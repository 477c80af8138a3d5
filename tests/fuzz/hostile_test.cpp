#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "segfold/nn/pth_file.h"
#include "segfold/nn/safetensors_file.h"
#include "segfold/nn/zip_archive.h"
#include "tests/fuzz/untrusted.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/nn/pickle_testing.h"
#include "tests/unit/nn/weights_testing.h"

// Files of a megabyte, each of the form that takes most memory for its bytes. is_accepted holds them to their bounds,
// whether they are accepted or not.
namespace segfold {
namespace {

using ::segfold::testing::is_accepted;
using ::segfold::testing::TemporaryFolder;
using ::segfold::testing::write_plainly;
using namespace ::segfold::testing::pickle;

std::string repeated(int times, const std::function<std::string(int)>& part) {
  std::string all;
  for (int i = 0; i < times; ++i) all += part(i);
  return all;
}
std::string repeated(int times, const std::string& part) {
  return repeated(times, [&part](int) { return part; });
}

bool accepts_pickle(const std::string& operations) {
  const TemporaryFolder folder;
  const auto path = folder / "w.pth";
  const std::string pickle = whole(operations);
  write_zip(path, std::vector<ZipRecord>{{"a/data.pkl", pickle}, {"a/data/0", "x"}});
  return is_accepted(read_pth, path);
}

bool accepts_header(const std::string& json, const std::string& data = "") {
  const TemporaryFolder folder;
  const auto path = folder / "w.safetensors";
  write_plainly(path, little_endian(json.size(), 8) + json + data);
  return is_accepted(read_safetensors, path);
}

/// A tensor of one byte and as many dimensions as there can be, remembered as number 1.
std::string remembered_tensor() {
  const std::string ones = tuple(repeated(64, "K\x01"));
  return tensor(storage("ByteStorage", "0", 1), 0, ones, ones) + "q\x01";
}

TEST(HostilePickle, OfStackedValuesStaysWithinBounds) {
  EXPECT_FALSE(accepts_pickle(repeated(1'000'000, "N")));
  EXPECT_FALSE(accepts_pickle(repeated(60'000, "N")));
}

TEST(HostilePickle, OfListsStaysWithinBounds) {
  EXPECT_FALSE(accepts_pickle(std::string("]") + repeated(500'000, "]a")));
  EXPECT_FALSE(accepts_pickle(std::string("N") + repeated(1'000'000, "\x85")));
  EXPECT_FALSE(accepts_pickle(std::string("]") + repeated(20, std::string("(") + repeated(60'000, "N") + "e")));
}

TEST(HostilePickle, OfRecalledValuesStaysWithinBounds) {
  EXPECT_FALSE(accepts_pickle(std::string("]q\x01") + repeated(500'000,
                                                               "h\x01"
                                                               "a")));
  EXPECT_FALSE(
      accepts_pickle(std::string("]q\x01") + repeated(10, std::string("(") + repeated(50'000, "h\x01") + "e")));
}

TEST(HostilePickle, OfRememberedValuesStaysWithinBounds) {
  EXPECT_FALSE(accepts_pickle(std::string("N") +
                              repeated(200'000, [](int i) { return std::string("r") + little_endian(i, 4); })));
  EXPECT_FALSE(accepts_pickle(std::string("N") +
                              repeated(200'000, [](int i) { return std::string("r") + little_endian(1000 * i, 4); })));
}

TEST(HostilePickle, OfOneTensorUnderManyNamesStaysWithinBounds) {
  const auto name = [](int i) { return text(fmt::format("{:x}", i)) + "h\x01s"; };
  EXPECT_FALSE(accepts_pickle(std::string("}") + text("a tensor") + remembered_tensor() + std::string("s") +
                              repeated(100'000, name)));
}

TEST(HostilePickle, OfOneNameManyTimesStaysWithinBounds) {
  const std::string long_name = text(std::string(500'000, 'x')) + "q\x02";
  const std::string again = long_name + remembered_tensor() + std::string("s") +
                            repeated(25, std::string("(") + repeated(4'000, "h\x02h\x01") + "u");
  EXPECT_FALSE(accepts_pickle(std::string("}") + again));
}

TEST(HostilePickle, OfOneLongGlobalStaysWithinBounds) {
  EXPECT_FALSE(accepts_pickle(global(std::string(500'000, 'x'), std::string(500'000, 'x'))));
}

TEST(HostilePickle, OfTooManyDimensionsStaysWithinBounds) {
  const std::string ones = tuple(repeated(60'000, "K\x01"));
  EXPECT_FALSE(accepts_pickle(dict(text("a") + tensor(storage("ByteStorage", "0", 1), 0, ones, ones))));
}

TEST(HostileHeader, OfEmptyTensorsStaysWithinBounds) {
  const auto empty = [](int i) {
    return fmt::format(R"({}"{:x}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})", i > 0 ? "," : "", i);
  };
  EXPECT_TRUE(accepts_header(std::string("{") + repeated(20'000, empty) + "}"));
}

TEST(HostileHeader, OfManyDimensionsStaysWithinBounds) {
  const auto deep = [](int i) {
    return fmt::format(R"({}"{:x}":{{"dtype":"U8","shape":[0{}],"data_offsets":[0,0]}})", i > 0 ? "," : "", i,
                       repeated(i % 64, ",1"));
  };
  EXPECT_TRUE(accepts_header(std::string("{") + repeated(8'000, deep) + "}"));
}

TEST(HostileHeader, OfTinyMetadataStaysWithinBounds) {
  const auto text = [](int i) { return fmt::format(R"({}"{:x}":"")", i > 0 ? "," : "", i); };
  EXPECT_FALSE(accepts_header(R"({"__metadata__":{)" + repeated(100'000, text) + "}}"));
}

TEST(HostileHeader, OfOneTokenStaysWithinBounds) {
  const std::size_t doubled = (std::size_t{1} << 20) + 1;  // the worst length for a buffer that doubles
  const std::string metadata = R"({"__metadata__":{"a":")" + std::string(doubled, 'x');
  EXPECT_FALSE(accepts_header(metadata + R"("}})"));
  EXPECT_FALSE(accepts_header(metadata));
  EXPECT_FALSE(accepts_header(metadata + "\x01"));
  EXPECT_FALSE(accepts_header(R"({"a":{"shape":[)" + std::string(doubled, '1') + "]}}"));
  EXPECT_FALSE(accepts_header("{" + std::string(doubled, '\n') + "#"));
  EXPECT_FALSE(accepts_header("{" + std::string(doubled / 10, '\n') + "#" + std::string(doubled, ' ')));
}

TEST(HostileHeader, MayHaveATextOfAThirdOfTheFile) {
  const std::string half = std::string((std::size_t{1} << 19) + 1, 'x');
  const std::string tensor =
      fmt::format(R"("a":{{"dtype":"U8","shape":[{0}],"data_offsets":[0,{0}]}})", 2 * half.size());
  const auto header = [&](const std::string& text) {
    return R"({"__metadata__":{"a":")" + text + R"("},)" + tensor + "}";
  };
  const std::string data = half + half;
  EXPECT_TRUE(accepts_header(header(half), data));
  EXPECT_FALSE(accepts_header(header(half + "\x01"), data));
  EXPECT_FALSE(accepts_header(header(half + "\n"), data));
  EXPECT_FALSE(accepts_header(header(half + "\"" + half + "#"), data));
}

}  // namespace
}  // namespace segfold
