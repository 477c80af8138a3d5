#include "segfold/stages/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/random.h"
#include "segfold/data/labels.h"
#include "segfold/data/shard.h"
#include "segfold/image/codec.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

constexpr Size kPhotoSize{8, 12};

/// A Cityscapes folder with pictures of noise; raw ids 7 (road) and 24 (person).
class Preprocess : public ::testing::Test {
 protected:
  Preprocess() {
    configure_log("test", Verbosity::kQuiet);
    options_.images = folder_ / "leftImg8bit/train";
    options_.labels = folder_ / "gtFine/train";
    options_.output = folder_ / "shard.h5";
    options_.size = kPhotoSize;
    options_.threads = 2;
    fs::create_directories(options_.images / "ulm");
    fs::create_directories(options_.labels / "ulm");
  }

  static std::string name_of(int number) { return "ulm_00000" + std::to_string(number) + "_000019"; }
  fs::path image_path(int number) const { return options_.images / "ulm" / (name_of(number) + "_leftImg8bit.png"); }
  fs::path label_path(int number) const { return options_.labels / "ulm" / (name_of(number) + "_gtFine_labelIds.png"); }

  static Image photo(int number, Size size = kPhotoSize) {
    Image image(size, 3);
    RandomStream random(random_key({"photo", number}));
    for (std::uint8_t& value : image.pixels) value = static_cast<std::uint8_t>(random.next());
    return image;
  }
  static Image raw_labels(int number, Size size = kPhotoSize) {
    Image label(size, 1);
    RandomStream random(random_key({"label", number}));
    for (std::uint8_t& value : label.pixels) value = random.chance(0.5) ? 7 : 24;
    return label;
  }

  static void put(const fs::path& path, const std::string& bytes) {
    std::ofstream file(path, std::ios::binary);
    file << bytes;
  }
  void add(int number, Size size = kPhotoSize) const {
    put(image_path(number), encode_png(photo(number, size)));
    put(label_path(number), encode_png(raw_labels(number, size)));
  }

  /// The message of the one error that preprocess must throw, having left no shard and no other file behind.
  std::string refused(ExitCode code) const {
    try {
      preprocess(options_);
      ADD_FAILURE() << "nothing was thrown";
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 2);
      return error.what();
    }
  }

  static std::vector<std::uint8_t> image_of(const ShardReader& shard, std::int64_t sample) {
    std::vector<std::uint8_t> image(static_cast<std::size_t>(shard.info().image_size.area()) * 3);
    shard.read_image(sample, image);
    return image;
  }
  static std::vector<std::uint8_t> label_of(const ShardReader& shard, std::int64_t sample) {
    std::vector<std::uint8_t> label(static_cast<std::size_t>(shard.info().label_size.area()));
    shard.read_label(sample, label);
    return label;
  }

  TemporaryFolder folder_;
  PreprocessOptions options_;
};

TEST_F(Preprocess, StoresPhotosAsTheyAreAndLabelsAsTrainIds) {
  add(2);
  add(1);
  preprocess(options_);
  const ShardReader shard(options_.output);
  EXPECT_EQ(shard.info().names, (std::vector<std::string>{name_of(1), name_of(2)}));
  EXPECT_EQ(shard.info().groups, (std::vector<std::string>{"ulm", "ulm"}));
  EXPECT_EQ(shard.info().classes, class_names());
  for (int number = 1; number <= 2; ++number) {
    EXPECT_EQ(image_of(shard, number - 1), photo(number).pixels);
    Image expected = raw_labels(number);
    for (std::uint8_t& id : expected.pixels) id = id == 7 ? 0 : 11;
    EXPECT_EQ(label_of(shard, number - 1), expected.pixels);
  }
}

TEST_F(Preprocess, ShrinksPhotosByAreaOrBilinearlyAndLabelsByNearest) {
  add(1, {16, 24});
  preprocess(options_);
  const ShardReader shard(options_.output);
  EXPECT_EQ(image_of(shard, 0), resize_image(photo(1, {16, 24}), kPhotoSize, Interpolation::kArea).pixels);
  EXPECT_EQ(label_of(shard, 0)[1], raw_labels(1, {16, 24}).at(0, 2) == 7 ? 0 : 11);
  EXPECT_EQ(shard.info().true_label_sizes[0], kPhotoSize);

  options_.size = {5, 7};
  options_.interpolation = Interpolation::kLinear;
  preprocess(options_);
  EXPECT_EQ(image_of(ShardReader(options_.output), 0),
            resize_image(photo(1, {16, 24}), {5, 7}, Interpolation::kLinear).pixels);
}

TEST_F(Preprocess, KeepsLabelsAtTheirOwnSizesOnALabelGrid) {
  add(1, {8, 12});
  add(2, {6, 10});
  options_.size = {4, 6};
  options_.label_size = Size{10, 12};
  preprocess(options_);
  const ShardReader shard(options_.output);
  EXPECT_EQ(shard.info().image_size, (Size{4, 6}));
  EXPECT_EQ(shard.info().label_size, (Size{10, 12}));
  EXPECT_EQ(shard.info().true_label_sizes, (std::vector<Size>{{8, 12}, {6, 10}}));
  const std::vector<std::uint8_t> stored = label_of(shard, 1);
  const Image raw = raw_labels(2, {6, 10});
  for (std::int64_t y = 0; y < 10; ++y) {
    for (std::int64_t x = 0; x < 12; ++x) {
      const int expected = y >= 6 || x >= 10 ? kIgnore : raw.at(y, x) == 7 ? 0 : 11;
      ASSERT_EQ(stored[y * 12 + x], expected) << y << " " << x;
    }
  }
}

TEST_F(Preprocess, PartsTogetherHoldEverySampleOnce) {
  for (int number = 1; number <= 7; ++number) add(number);
  std::vector<std::string> names;
  for (options_.part = {0, 3}; options_.part.index < 3; ++options_.part.index) {
    preprocess(options_);
    const ShardReader shard(options_.output);
    EXPECT_TRUE(shard.info().samples() == 2 || shard.info().samples() == 3);
    for (const std::string& name : shard.info().names) names.push_back(name);
  }
  EXPECT_EQ(names.size(), 7U);
  EXPECT_TRUE(std::ranges::is_sorted(names));
}

TEST_F(Preprocess, WritesTheSameBytesWhateverTheNumberOfThreads) {
  for (int number = 1; number <= 9; ++number) add(number);
  options_.threads = 1;
  preprocess(options_);
  const std::string alone = read_file(options_.output);
  options_.threads = 5;
  preprocess(options_);
  EXPECT_EQ(read_file(options_.output), alone);
}

TEST_F(Preprocess, SealsOptionsAndSource) {
  add(1);
  options_.label_size = Size{8, 12};
  preprocess(options_);
  const Seal seal = ShardReader(options_.output).info().seal;
  EXPECT_EQ(seal.tool, "preprocess");
  EXPECT_EQ(seal.parameters.dump(), R"({"size":"8x12","label_size":"8x12","interpolation":"area","part":"0/1"})");
  put(image_path(1), encode_png(photo(99)));
  preprocess(options_);
  EXPECT_NE(ShardReader(options_.output).info().seal.inputs.at("source"), seal.inputs.at("source"));
}

TEST_F(Preprocess, ListsAllProblemsOfAllFilesBeforeAShardExists) {
  for (int number = 1; number <= 7; ++number) add(number);
  put(label_path(1), encode_png(raw_labels(1, {8, 13})));
  put(label_path(2), encode_png(InstanceMap(kPhotoSize, 1, 24001)));
  put(label_path(3), encode_png(photo(3)));
  Image unknown = raw_labels(4);
  unknown.at(3, 5) = 77;
  unknown.at(4, 0) = 34;
  put(label_path(4), encode_png(unknown));
  const std::string whole = read_file(image_path(5));
  put(image_path(5), whole.substr(0, whole.size() / 2));
  put(image_path(6), "no picture");
  const std::string message = refused(ExitCode::kData);
  EXPECT_THAT(message, HasSubstr("6 problems, no shard was written"));
  EXPECT_THAT(message,
              HasSubstr(label_path(1).string() + ": 8x13, but its photo " + image_path(1).string() + " is 8x12"));
  EXPECT_THAT(message, HasSubstr(label_path(2).string() + ": a 16-bit grey picture"));
  EXPECT_THAT(message, HasSubstr(label_path(3).string() + ": an 8-bit RGB picture"));
  EXPECT_THAT(message, HasSubstr(label_path(4).string() + ": row 3, column 5: unknown id 77, one of 2 such pixels"));
  EXPECT_THAT(message, HasSubstr(image_path(5).string() + ": damaged or cut short"));
  EXPECT_THAT(message, HasSubstr(image_path(6).string() + ": is no PNG file"));
  EXPECT_THAT(message, Not(HasSubstr(name_of(7))));
}

TEST_F(Preprocess, FindsProblemsThatOnlyPixelsShow) {
  for (int number = 1; number <= 3; ++number) add(number);
  Image unknown = raw_labels(2);
  unknown.at(0, 0) = 255;
  put(label_path(2), encode_png(unknown));
  put(label_path(3), encode_png(unknown));
  const std::string message = refused(ExitCode::kData);
  EXPECT_THAT(message, HasSubstr("2 problems"));
  EXPECT_THAT(message, HasSubstr(label_path(2).string() + ": row 0, column 0: unknown id 255, one of 1 "));
  EXPECT_THAT(message, HasSubstr(label_path(3).string()));
}

TEST_F(Preprocess, LeavesAnOlderShardAsItWasWhenItFails) {
  add(1);
  preprocess(options_);
  const std::string before = read_file(options_.output);
  put(label_path(1), encode_png(Image(kPhotoSize, 1, 99)));
  EXPECT_THROW(preprocess(options_), Error);
  EXPECT_EQ(read_file(options_.output), before);
}

TEST_F(Preprocess, ProblemsOfOtherPartsAreTheirs) {
  add(1);
  add(2);
  put(label_path(2), "no picture");
  options_.part = {0, 2};
  EXPECT_NO_THROW(preprocess(options_));
}

TEST_F(Preprocess, RefusesALabelMapThatIsLargerThanTheLabelGrid) {
  add(1);
  options_.label_size = Size{8, 11};
  EXPECT_THAT(refused(ExitCode::kData), HasSubstr(label_path(1).string() + ": 8x12 is larger than --label-size 8x11"));
}

TEST_F(Preprocess, ListsPhotosWithoutLabels) {
  add(1);
  add(2);
  fs::remove(label_path(2));
  EXPECT_THAT(refused(ExitCode::kNotFound), HasSubstr(image_path(2).string() + ": its label map"));
}

TEST_F(Preprocess, RefusesEmptyFoldersAndMorePartsThanSamples) {
  EXPECT_THAT(refused(ExitCode::kNotFound), HasSubstr("holds no photos"));
  add(1);
  options_.part = {0, 2};
  EXPECT_THAT(refused(ExitCode::kUsage), HasSubstr("only 1 samples"));
}

TEST_F(Preprocess, RefusesAFolderAsOutput) {
  add(1);
  options_.output = options_.images;
  expect_error<CannotCreateError>([&] { preprocess(options_); }, {options_.images.string(), "is a folder"});
}

TEST_F(Preprocess, RefusesOptionsThatMakeNoSense) {
  const auto refuse = [&](const auto& change, const std::string& part) {
    PreprocessOptions options = options_;
    change(options);
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  EXPECT_NO_THROW(options_.check());
  refuse([](PreprocessOptions& o) { o.size = {0, 4}; }, "--size 0x4");
  refuse([](PreprocessOptions& o) { o.size = {16384, 16384}; }, "--size 16384x16384");
  refuse([](PreprocessOptions& o) { o.label_size = Size{4, 99999}; }, "--label-size 4x99999");
  refuse([](PreprocessOptions& o) { o.part = {2, 2}; }, "--part 2/2");
  refuse([](PreprocessOptions& o) { o.threads = -1; }, "--threads -1");
  refuse([](PreprocessOptions& o) { o.images.clear(); }, "--images");
  refuse([](PreprocessOptions& o) { o.output.clear(); }, "--output");
}

TEST(PreprocessPart, IsWrittenIndexSlashCount) {
  EXPECT_EQ(parse_part("3/4").index, 3);
  EXPECT_EQ(parse_part("3/4").count, 4);
  for (const char* text : {"", "1", "/", "4/4", "-1/4", "0/0", "1/4x", "x/4", "1 /4", "0/99999999999"}) {
    expect_error<UsageError>([&] { parse_part(text); }, {std::string("--part ") + text});
  }
}

TEST_F(Preprocess, ADryRunTellsWhetherTheShardIsWhatItWouldMake) {
  add(1);
  add(2);
  PreprocessOptions dry = options_;
  dry.dry_run = true;
  EXPECT_THROW(preprocess(dry), NotFoundError);
  preprocess(options_);
  EXPECT_NO_THROW(preprocess(dry));
  dry.interpolation = Interpolation::kLinear;
  expect_error<DataError>([&] { preprocess(dry); }, {"shard.h5", "interpolation is \"area\", not \"linear\""});
  add(2, {16, 24});
  dry.interpolation = Interpolation::kArea;
  expect_error<DataError>([&] { preprocess(dry); }, {"source is"});
}

}  // namespace
}  // namespace segfold
