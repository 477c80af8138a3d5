#include <sys/resource.h>

#include "segfold/base/error.h"
#include "segfold/data/shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::kNoiseImageSize;
using testing::kNoiseLabelSize;
using testing::noise_sample;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

TEST(ShardSet, JoinsShardsInTheOrderOfTheNames) {
  const TemporaryFolder folder;
  const auto names = sample_names(3, 2);
  write_noise_shard(folder / "a.h5", {names[0], names[3], names[4]});
  write_noise_shard(folder / "b.h5", {names[1], names[2], names[5]});
  const ShardSet forward({folder / "a.h5", folder / "b.h5"});
  const ShardSet backward({folder / "b.h5", folder / "a.h5"});
  ASSERT_EQ(forward.size(), 6);
  std::vector<std::uint8_t> image(static_cast<std::size_t>(kNoiseImageSize.area()) * 3);
  std::vector<std::uint8_t> label(static_cast<std::size_t>(kNoiseLabelSize.area()));
  for (std::int64_t i = 0; i < 6; ++i) {
    EXPECT_EQ(forward.name(i), names[static_cast<std::size_t>(i)]);
    EXPECT_EQ(backward.name(i), forward.name(i));
    EXPECT_EQ(forward.find(forward.name(i)), i);
    const ShardSample expected = noise_sample(forward.name(i), kNoiseImageSize, kNoiseLabelSize);
    forward.read_image(i, image);
    backward.read_label(i, label);
    EXPECT_EQ(image, expected.image);
    EXPECT_EQ(label, expected.label);
    EXPECT_EQ(forward.group(i), expected.group);
  }
  EXPECT_EQ(forward.digest(), backward.digest());
  EXPECT_EQ(forward.find("nobody"), std::nullopt);
}

TEST(ShardSet, HoldsMoreShardsThanTheProcessMayOpenFiles) {
  const TemporaryFolder folder;
  const auto names = sample_names(1, 70);
  std::vector<std::filesystem::path> paths;
  for (const std::string& name : names) {
    paths.push_back(folder / (name + ".h5"));
    write_noise_shard(paths.back(), {name});
  }
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit fewer{64, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &fewer);
  EXPECT_NO_THROW({
    const ShardSet shards(paths);
    std::vector<std::uint8_t> image(static_cast<std::size_t>(kNoiseImageSize.area()) * 3);
    for (std::int64_t i = 0; i < 70; ++i) {
      shards.read_image(i, image);
      EXPECT_EQ(image, noise_sample(shards.name(i), kNoiseImageSize, kNoiseLabelSize).image);
    }
  });
  setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(ShardSet, RefusesANameThatStandsTwice) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  write_noise_shard(folder / "b.h5", sample_names(1, 1));
  expect_error<DataError>([&] { ShardSet({folder / "a.h5", folder / "b.h5"}); },
                          {"a.h5", "b.h5", "city0_000000_000019"});
}

TEST(ShardSet, RefusesShardsOfDifferentSizes) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 1));
  write_noise_shard(folder / "b.h5", {"z_000000_000019"}, {5, 8}, {6, 9});
  write_noise_shard(folder / "c.h5", {"z_000000_000019"}, {5, 7}, {7, 9});
  expect_error<DataError>([&] { ShardSet({folder / "a.h5", folder / "b.h5"}); }, {"b.h5", "5x7", "5x8"});
  expect_error<DataError>([&] { ShardSet({folder / "a.h5", folder / "c.h5"}); }, {"c.h5", "6x9", "7x9"});
  EXPECT_THROW(ShardSet({}), UsageError);
}

}  // namespace
}  // namespace segfold
