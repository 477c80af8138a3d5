#include "segfold/stages/split_folds.h"

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/json.h"
#include "segfold/data/shard.h"
#include "tests/support/coloured_shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

/// Two shards of 4 cities × 3 samples in a folder, and the options to split them.
SplitFoldsOptions two_shards(const TemporaryFolder& folder) {
  const auto names = sample_names(4, 3);
  write_noise_shard(folder / "a.h5", {names.begin(), names.begin() + 5});
  write_noise_shard(folder / "b.h5", {names.begin() + 5, names.end()});
  SplitFoldsOptions options;
  options.shards = {folder / "a.h5", folder / "b.h5"};
  options.output = folder / "folds.json";
  return options;
}

TEST(SplitFolds, HoldsOutEverySampleOfAllShardsOnce) {
  const TemporaryFolder folder;
  split_folds(two_shards(folder));
  const Folds folds = read_folds(folder / "folds.json");
  ASSERT_EQ(folds.count(), 3);
  std::vector<std::string> names;
  for (const auto& held_out : folds.held_out) names.insert(names.end(), held_out.begin(), held_out.end());
  std::ranges::sort(names);
  EXPECT_EQ(names, sample_names(4, 3));
  EXPECT_EQ(folds.seed, 42u);
}

TEST(SplitFolds, WritesTheSameBytesWhateverTheOrderOfTheShards) {
  const TemporaryFolder folder;
  SplitFoldsOptions options = two_shards(folder);
  split_folds(options);
  const std::string first = read_file(options.output);
  std::swap(options.shards[0], options.shards[1]);
  split_folds(options);
  EXPECT_EQ(read_file(options.output), first);
}

TEST(SplitFolds, SealsWhatItReadAndHow) {
  const TemporaryFolder folder;
  SplitFoldsOptions options = two_shards(folder);
  options.strategy = SplitStrategy::kGroup;
  split_folds(options);
  const SealedJson sealed = read_sealed_json(options.output, "segfold.folds/1");
  EXPECT_EQ(sealed.seal.tool, "split-folds");
  EXPECT_EQ(sealed.seal.inputs.at("shards"), ShardSet(options.shards).digest());
  EXPECT_EQ(sealed.seal.parameters, (Json{{"folds", 3}, {"seed", 42}, {"strategy", "group"}}));
}

TEST(SplitFolds, WritesHowEvenTheFoldsAre) {
  const TemporaryFolder folder;
  split_folds(two_shards(folder));
  const Json balance = read_json(folder / "folds.json").at("balance");
  EXPECT_EQ(balance.at("sizes"), (Json{4, 4, 4}));
  EXPECT_GE(balance.at("largest_class_share_deviation").get<double>(), 0.0);
}

TEST(SplitFolds, RefusesANameInTwoShards) {
  const TemporaryFolder folder;
  SplitFoldsOptions options = two_shards(folder);
  write_noise_shard(folder / "b.h5", sample_names(1, 1));
  expect_error<DataError>([&] { split_folds(options); }, {"a.h5", "b.h5", "city0_000000_000019"});
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST(SplitFolds, RefusesAbsurdOptions) {
  const TemporaryFolder folder;
  const SplitFoldsOptions good = two_shards(folder);
  for (const int folds : {-1, 0, 1, 1001, 2147483647}) {
    SplitFoldsOptions options = good;
    options.folds = folds;
    expect_error<UsageError>([&] { split_folds(options); }, {"--folds", std::to_string(folds)});
  }
  SplitFoldsOptions options = good;
  options.folds = 13;
  expect_error<UsageError>([&] { split_folds(options); }, {"13 folds", "12 samples"});
  options.shards.clear();
  EXPECT_THROW(options.check(), UsageError);
  options = good;
  options.output.clear();
  EXPECT_THROW(options.check(), UsageError);
}

TEST(SplitFolds, RefusesAFoldWithoutALabelledPixel) {
  const TemporaryFolder folder;
  testing::write_coloured_shard(folder / "a.h5", sample_names(3, 2), {32, 48}, "city2");
  SplitFoldsOptions options;
  options.shards = {folder / "a.h5"};
  options.output = folder / "folds.json";
  options.strategy = SplitStrategy::kGroup;
  expect_error<DataError>([&] { split_folds(options); }, {"fold ", "city2_000000_000019", "no labelled pixel"});
  options.folds = 2;
  EXPECT_NO_THROW(split_folds(options));
}

TEST(SplitFolds, ADryRunTellsWhetherTheOutputIsWhatItWouldMake) {
  const TemporaryFolder folder;
  SplitFoldsOptions options = two_shards(folder);
  split_folds(options);
  options.dry_run = true;
  EXPECT_NO_THROW(split_folds(options));
  options.seed = 7;
  expect_error<DataError>([&] { split_folds(options); }, {"folds.json", "seed is 42, not 7"});
}

}  // namespace
}  // namespace segfold
