#include "segfold/stages/shown_samples.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

TEST(ChooseSamples, SpreadsEvenlyOverTheSet) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 9));
  const ShardSet shards({folder / "a.h5"});
  EXPECT_EQ(choose_samples(shards, {}, 3), (std::vector<std::int64_t>{1, 4, 7}));
  EXPECT_EQ(choose_samples(shards, {}, 1), (std::vector<std::int64_t>{4}));
  EXPECT_EQ(choose_samples(shards, {}, 50), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(ChooseSamples, RefusesUnknownNamesAndSaysTheNearest) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const ShardSet shards({folder / "a.h5"});
  expect_error<UsageError>([&] { choose_samples(shards, {"city0_000001_00019"}, 1); },
                           {"'city0_000001_00019'", "did you mean 'city0_000001_000019'"});
  expect_error<UsageError>([&] { choose_samples(shards, {"x"}, 1); }, {"'x'", "city0_000000_000019"});
}

}  // namespace
}  // namespace segfold
