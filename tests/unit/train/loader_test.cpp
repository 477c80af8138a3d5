#include "segfold/train/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <set>

#include "segfold/base/error.h"
#include "tests/support/coloured_shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

class Loader : public ::testing::Test {
 protected:
  Loader() { testing::write_coloured_shard(folder_ / "a.h5", testing::sample_names(1, 7)); }

  std::vector<Batch> epoch(int workers, EpochKey key = {1, 0, 1}, std::int64_t first = 0) {
    const ShardSet shards({folder_ / "a.h5"});
    EpochLoader loader(shards, epoch_order(all(), key), transform_, key,
                       {.batch_size = 2, .workers = workers, .queue = 2, .first_batch = first});
    std::vector<Batch> batches;
    while (auto batch = loader.next()) batches.push_back(std::move(*batch));
    return batches;
  }
  static std::vector<std::int64_t> all() { return {0, 1, 2, 3, 4, 5, 6}; }

  testing::TemporaryFolder folder_;
  TransformOptions transform_;
};

void expect_equal(const Batch& a, const Batch& b) {
  EXPECT_EQ(a.samples, b.samples);
  EXPECT_EQ(a.keys, b.keys);
  EXPECT_TRUE(torch::equal(a.images, b.images));
  EXPECT_TRUE(torch::equal(a.labels, b.labels));
}

TEST_F(Loader, VisitsEverySampleOnceAndKeepsTheShortLastBatch) {
  const auto batches = epoch(2);
  ASSERT_EQ(batches.size(), 4U);
  EXPECT_EQ(batches[3].samples.size(), 1U);
  std::multiset<std::int64_t> seen;
  for (const Batch& batch : batches) seen.insert(batch.samples.begin(), batch.samples.end());
  const auto expected = all();
  EXPECT_TRUE(std::ranges::equal(seen, expected));
}

TEST_F(Loader, BatchesDoNotDependOnTheNumberOfWorkers) {
  const auto one = epoch(1);
  const auto five = epoch(5);
  ASSERT_EQ(one.size(), five.size());
  for (std::size_t i = 0; i < one.size(); ++i) expect_equal(one[i], five[i]);
}

TEST_F(Loader, StartsAtTheBatchWhereATrainingStopped) {
  const auto whole = epoch(2);
  const auto rest = epoch(2, {1, 0, 1}, 2);
  ASSERT_EQ(rest.size(), 2U);
  expect_equal(whole[2], rest[0]);
  expect_equal(whole[3], rest[1]);
}

TEST_F(Loader, EpochsFoldsAndSeedsDiffer) {
  const auto first = epoch(1, {1, 0, 1});
  for (const EpochKey other : {EpochKey{1, 0, 2}, EpochKey{1, 1, 1}, EpochKey{2, 0, 1}}) {
    const auto second = epoch(1, other);
    EXPECT_NE(first[0].keys, second[0].keys);
    EXPECT_FALSE(torch::equal(first[0].images, second[0].images));
  }
}

TEST_F(Loader, OrderIsAPermutationThatIgnoresTheOrderGiven) {
  std::vector<std::int64_t> samples(50);
  std::iota(samples.begin(), samples.end(), 0);
  const auto order = epoch_order(samples, {1, 0, 1});
  EXPECT_FALSE(std::ranges::is_sorted(order));
  auto sorted = order;
  std::ranges::sort(sorted);
  EXPECT_EQ(sorted, samples);
  std::ranges::reverse(samples);
  EXPECT_EQ(epoch_order(samples, {1, 0, 1}), order);
}

TEST_F(Loader, OrdersOfEpochsFoldsAndSeedsDiffer) {
  std::vector<std::int64_t> samples(50);
  std::iota(samples.begin(), samples.end(), 0);
  const auto order = epoch_order(samples, {1, 0, 1});
  for (const EpochKey other : {EpochKey{1, 0, 2}, EpochKey{1, 1, 1}, EpochKey{2, 0, 1}})
    EXPECT_NE(epoch_order(samples, other), order);
}

TEST_F(Loader, GivesEverySampleAKeyOfItsOwn) {
  std::set<std::uint64_t> keys;
  for (const Batch& batch : epoch(1)) keys.insert(batch.keys.begin(), batch.keys.end());
  EXPECT_EQ(keys.size(), all().size());
}

TEST_F(Loader, NamesADamagedSample) {
  const ShardSet shards({folder_ / "a.h5"});
  {
    std::fstream file(folder_ / "a.h5", std::ios::in | std::ios::out | std::ios::binary | std::ios::ate);
    const auto size = static_cast<std::int64_t>(file.tellg());
    for (std::int64_t at = size / 4; at < size; at += 97) {
      file.seekp(at);
      file.put('\x55');
    }
  }
  const EpochKey key{1, 0, 1};
  EpochLoader loader(shards, epoch_order(all(), key), transform_, key, {.batch_size = 7, .workers = 2});
  testing::expect_error<DataError>([&] { loader.next(); }, {"a.h5", "city0_"});
}

TEST_F(Loader, EndsWhileWorkersStillWait) {
  const ShardSet shards({folder_ / "a.h5"});
  const EpochKey key{1, 0, 1};
  EpochLoader loader(shards, epoch_order(all(), key), transform_, key, {.batch_size = 1, .workers = 3, .queue = 1});
  EXPECT_TRUE(loader.next().has_value());  // and the destructor must not hang
}

TEST(BatchCount, CountsTheShortLastBatch) {
  EXPECT_EQ(batch_count(7, 2), 4);
  EXPECT_EQ(batch_count(8, 2), 4);
  EXPECT_EQ(batch_count(1, 4), 1);
}

}  // namespace
}  // namespace segfold
