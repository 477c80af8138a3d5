#include "segfold/data/shard_format.h"

#include <gtest/gtest.h>

#include "segfold/data/labels.h"
#include "tests/support/small_shard.h"

namespace segfold::shard_format {
namespace {

using testing::noise_sample;

std::string digest_of(const ShardSample& sample, Size image_size = testing::kNoiseImageSize) {
  ShardDigest digest(image_size, testing::kNoiseLabelSize, class_names());
  digest.add(sample.name, sample.group, sample.true_label_size, std::as_bytes(std::span(sample.image)),
             std::as_bytes(std::span(sample.label)));
  return digest.hex();
}

TEST(ShardFormat, NamesArePlainWhenTheyCanBePartOfAFileName) {
  for (const std::string& name : {std::string("aachen_000000_000019"), std::string("Straße 1"), std::string(255, 'a')})
    EXPECT_TRUE(is_plain_name(name)) << name;
  for (const std::string& name : {std::string(), std::string(256, 'a'), std::string(".a"), std::string("a/b"),
                                  std::string("a\\b"), std::string("a\nb"), std::string("a\x7f"), std::string(1, '\0')})
    EXPECT_FALSE(is_plain_name(name)) << name;
}

TEST(ShardFormat, FindsTheFirstLabelThatIsNoTrainId) {
  EXPECT_EQ(invalid_label(std::vector<std::uint8_t>{0, 18, kIgnore}), -1);
  EXPECT_EQ(invalid_label(std::vector<std::uint8_t>{0, 200, 19}), 200);
  EXPECT_EQ(invalid_label(std::vector<std::uint8_t>{kIgnore, 19}), 19);
  EXPECT_EQ(invalid_label({}), -1);
}

TEST(ShardFormat, TheIdMapSaysForEveryRawIdWhichTrainIdItBears) {
  const auto map = id_map();
  ASSERT_EQ(map.size(), 34U);
  EXPECT_EQ(map[7], 0);    // road
  EXPECT_EQ(map[33], 18);  // bicycle
  EXPECT_EQ(map[0], kIgnore);
}

TEST(ShardFormat, TheChecksumIsXxh3sOf128Bits) {
  const Checksum of_nothing = {0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47, 0x98, 0xd8,
                               0x60, 0x01, 0xc3, 0x24, 0x46, 0x8d, 0x49, 0x7f};
  EXPECT_EQ(checksum({}), of_nothing);
  EXPECT_NE(checksum(std::vector<std::uint8_t>(1000, 0)), checksum(std::vector<std::uint8_t>(1000, 255)));
}

TEST(ShardFormat, TheDigestOfTheTablesIsAnotherWhenAnyOfThemIs) {
  const auto changed = [&](auto change) {
    ShardInfo info{.image_size = testing::kNoiseImageSize,
                   .label_size = testing::kNoiseLabelSize,
                   .names = {"a", "b"},
                   .groups = {"x", "x"},
                   .true_label_sizes = {{6, 8}, {6, 9}},
                   .class_pixels = {{1, 2}, {3, 4}},
                   .classes = class_names()};
    std::vector<Checksums> checksums(2);
    change(info, checksums);
    return digest_of_tables(info, checksums);
  };
  const std::string expected = changed([](auto&, auto&) {});
  EXPECT_NE(changed([](auto& info, auto&) { info.image_size.width += 1; }), expected);
  EXPECT_NE(changed([](auto& info, auto&) { info.label_size.width += 1; }), expected);
  EXPECT_NE(changed([](auto& info, auto&) { info.names[1] = "c"; }), expected);
  EXPECT_NE(changed([](auto& info, auto&) { info.groups[1] = "y"; }), expected);
  EXPECT_NE(changed([](auto& info, auto&) { info.true_label_sizes[1].width = 8; }), expected);
  EXPECT_NE(changed([](auto& info, auto&) { info.class_pixels[1][1] = 0; }), expected);
  EXPECT_NE(changed([](auto&, auto& checksums) { checksums[1][1][15] = 1; }), expected);
  EXPECT_NE(changed([](auto&, auto& checksums) {
              std::swap(checksums[0], checksums[1]);
              checksums[0][0][0] = 1;
            }),
            expected);
}

TEST(ShardFormat, TheDigestIsAnotherWhenAnyPartOfASampleIs) {
  const ShardSample sample = noise_sample("a_000000_000019", testing::kNoiseImageSize, testing::kNoiseLabelSize);
  const auto changed = [&](auto change) {
    ShardSample other = sample;
    change(other);
    return digest_of(other);
  };
  EXPECT_EQ(digest_of(sample), changed([](ShardSample&) {}));
  EXPECT_NE(digest_of(sample), changed([](ShardSample& s) { s.name.back() = '8'; }));
  EXPECT_NE(digest_of(sample), changed([](ShardSample& s) { s.group.back() = 'b'; }));
  EXPECT_NE(digest_of(sample),
            changed([](ShardSample& s) { std::swap(s.true_label_size.height, s.true_label_size.width); }));
  EXPECT_NE(digest_of(sample), changed([](ShardSample& s) { s.image.back() ^= 1; }));
  EXPECT_NE(digest_of(sample), changed([](ShardSample& s) { s.label.back() ^= 1; }));
  EXPECT_NE(digest_of(sample), digest_of(sample, {7, 5}));
}

TEST(ShardFormat, TheDigestKnowsWhereANameEnds) {
  const ShardSample sample = noise_sample("a_000000_000019", testing::kNoiseImageSize, testing::kNoiseLabelSize);
  ShardSample other = sample;
  other.name = sample.name + sample.group;
  other.group.clear();
  EXPECT_NE(digest_of(sample), digest_of(other));
}

}  // namespace
}  // namespace segfold::shard_format
