#include "segfold/stages/synthesize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/seal.h"
#include "segfold/data/cityscapes_layout.h"
#include "segfold/data/labels.h"
#include "segfold/image/codec.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::TemporaryFolder;
namespace fs = std::filesystem;

class Synthesize : public ::testing::Test {
 protected:
  Synthesize() { configure_log("test", Verbosity::kQuiet); }

  SynthesizeOptions options(const std::string& name = "data") const {
    return {.output = folder_ / name, .train = 3, .val = 2, .size = {32, 64}, .cities = 3, .seed = 1, .threads = 2};
  }

  static std::vector<LayoutSample> samples(const SynthesizeOptions& options, const std::string& split) {
    return find_cityscapes_samples(options.output / "leftImg8bit" / split, options.output / "gtFine" / split);
  }

  /// Path below the folder → content.
  static std::map<std::string, std::string> files(const fs::path& root) {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.is_regular_file()) found[fs::relative(entry.path(), root).string()] = read_file(entry.path());
    }
    return found;
  }

  TemporaryFolder folder_;
};

TEST_F(Synthesize, WritesCityscapesLayout) {
  synthesize(options());
  EXPECT_EQ(samples(options(), "train").size(), 3U);
  EXPECT_EQ(samples(options(), "val").size(), 2U);
  const LayoutSample sample = samples(options(), "val").front();
  EXPECT_EQ(sample.name, sample.group + "_000000_000019");
  EXPECT_EQ(read_rgb_png(sample.image).size, (Size{32, 64}));
  const std::string stem = (options().output / "gtFine/val" / sample.group / sample.name).string();
  const Image ids = read_label_png(sample.label);
  const Image colours = read_rgb_png(stem + "_gtFine_color.png");
  const InstanceMap instances = read_instance_png(stem + "_gtFine_instanceIds.png");
  for (std::int64_t y = 0; y < 32; ++y) {
    for (std::int64_t x = 0; x < 64; ++x) {
      const Label& label = labels()[ids.at(y, x)];
      ASSERT_EQ((Colour{colours.at(y, x, 0), colours.at(y, x, 1), colours.at(y, x, 2)}), label.colour);
      ASSERT_EQ(label.has_instances ? instances.at(y, x) / 1000 : instances.at(y, x), label.id);
    }
  }
  EXPECT_EQ(files(options().output).size(), 5 * 4 + 2U);  // pictures, description, marker
}

TEST_F(Synthesize, EqualSeedsGiveEqualBytesOnAnyNumberOfThreads) {
  SynthesizeOptions one = options("one");
  one.threads = 1;
  SynthesizeOptions many = options("many");
  many.threads = 4;
  synthesize(one);
  synthesize(many);
  EXPECT_EQ(files(one.output), files(many.output));
  SynthesizeOptions other = options("other");
  other.seed = 2;
  synthesize(other);
  EXPECT_NE(files(other.output), files(one.output));
}

TEST_F(Synthesize, KeepsTheSplitsInDifferentCities) {
  for (const auto& [train, val, cities] : {std::tuple{6, 2, 4}, {1, 1, 2}, {2, 3, 5}, {5, 1, 6}}) {
    SynthesizeOptions small = options("data" + std::to_string(cities));
    small.train = train;
    small.val = val;
    small.cities = cities;
    synthesize(small);
    std::set<std::string> all;
    std::set<std::string> by_split[2];
    for (const int split : {0, 1}) {
      for (const LayoutSample& sample : samples(small, split == 0 ? "train" : "val")) {
        by_split[split].insert(sample.group);
        all.insert(sample.group);
        EXPECT_TRUE(std::ranges::all_of(sample.group, [](char c) { return c >= 'a' && c <= 'z'; }));
      }
    }
    EXPECT_EQ(static_cast<int>(all.size()), cities);
    EXPECT_EQ(by_split[0].size() + by_split[1].size(), all.size());
  }
}

TEST_F(Synthesize, HasFourCitiesOrAsManyAsScenesWhereNoneAreAskedFor) {
  for (const auto& [train, cities] : {std::pair{1, 3}, {4, 4}}) {
    SynthesizeOptions asked = options("asked" + std::to_string(train));
    asked.train = train;
    asked.cities = cities;
    SynthesizeOptions not_asked = asked;
    not_asked.output = folder_ / ("default" + std::to_string(train));
    not_asked.cities.reset();
    synthesize(asked);
    synthesize(not_asked);
    EXPECT_EQ(files(asked.output), files(not_asked.output));
  }
}

TEST_F(Synthesize, ShowsAllClassesInTheValidationTruth) {
  for (const auto& [seed, val] : {std::pair{1, 6}, {2, 6}, {3, 2}, {4, 1}}) {
    SynthesizeOptions small = options("data" + std::to_string(seed));
    small.seed = static_cast<std::uint64_t>(seed);
    small.train = 1;
    small.val = val;
    small.cities = 2;
    synthesize(small);
    std::set<int> seen;
    for (const LayoutSample& sample : samples(small, "val")) {
      for (const std::uint8_t id : read_label_png(sample.label).pixels) seen.insert(train_id_from_raw_id()[id]);
    }
    seen.erase(kIgnore);
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(kClasses)) << "seed " << seed << ", " << val << " scenes";
  }
}

TEST_F(Synthesize, DescribesWhatItMade) {
  synthesize(options());
  const SealedJson description = read_sealed_json(options().output / "dataset.json", "segfold.dataset/1");
  EXPECT_EQ(description.seal.tool, "synthesize");
  EXPECT_EQ(description.seal.parameters.at("size"), "32x64");
  const auto listed = samples(options(), "train");
  const Json& train = description.document.at("splits").at("train");
  ASSERT_EQ(train.size(), listed.size());
  std::set<std::string> names;
  for (const Json& sample : train) names.insert(sample.at("name").get<std::string>());
  for (const LayoutSample& sample : listed) EXPECT_TRUE(names.contains(sample.name));
}

TEST_F(Synthesize, ReplacesItsOlderDataSetWithOtherNames) {
  synthesize(options());
  const auto before = files(options().output);
  SynthesizeOptions other = options();
  other.seed = 7;
  other.train = 1;
  synthesize(other);
  EXPECT_EQ(samples(other, "train").size(), 1U);
  synthesize(options());
  EXPECT_EQ(files(options().output), before);
}

TEST_F(Synthesize, LeavesForeignFoldersAlone) {
  write_file(options().output / "leftImg8bit/train/ulm/photo.png", "mine");
  expect_error<CannotCreateError>([&] { synthesize(options()); }, {"data", "another folder"});
  EXPECT_EQ(files(folder_.path()).size(), 1U);
}

TEST_F(Synthesize, RefusesOptionsThatMakeNoSense) {
  const auto refused = [&](auto change, const std::string& option) {
    SynthesizeOptions wrong = options();
    change(wrong);
    expect_error<UsageError>([&] { synthesize(wrong); }, {option});
  };
  refused([](auto& o) { o.output.clear(); }, "--output");
  refused([](auto& o) { o.train = 0; }, "--train 0");
  refused([](auto& o) { o.train = 100001; }, "--train 100001");
  refused([](auto& o) { o.val = -1; }, "--val -1");
  refused([](auto& o) { o.cities = 1; }, "--cities 1");
  refused([](auto& o) { o.cities = 6; }, "--cities 6");
  refused([](auto& o) { o.size = {16, 64}; }, "--size 16x64");
  refused([](auto& o) { o.size = {4096, 64}; }, "--size 4096x64");
  refused([](auto& o) { o.threads = -1; }, "--threads -1");
  EXPECT_FALSE(fs::exists(options().output));
}

}  // namespace
}  // namespace segfold
