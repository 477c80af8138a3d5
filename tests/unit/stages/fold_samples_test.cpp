#include "segfold/stages/fold_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::testing::ElementsAre;

class SamplesHeldOut : public ::testing::Test {
 protected:
  SamplesHeldOut() {
    testing::write_noise_shard(folder_ / "a.h5", names_);
    folds_.held_out = {{names_[2], names_[0]}, {names_[1]}};
  }

  testing::TemporaryFolder folder_;
  std::vector<std::string> names_ = testing::sample_names(1, 3);
  Folds folds_;
};

TEST_F(SamplesHeldOut, AreFoundByTheirNames) {
  const ShardSet shards({folder_ / "a.h5"});
  EXPECT_THAT(samples_held_out(shards, folds_, 0, "folds.json"), ElementsAre(2, 0));
  EXPECT_THAT(samples_held_out(shards, folds_, 1, "folds.json"), ElementsAre(1));
}

TEST_F(SamplesHeldOut, AreRefusedOfAFoldThatIsNot) {
  const ShardSet shards({folder_ / "a.h5"});
  for (const int fold : {-1, 2}) {
    testing::expect_error<UsageError>([&] { samples_held_out(shards, folds_, fold, "folds.json"); },
                                      {"--fold " + std::to_string(fold), "folds.json has folds 0 to 1"});
  }
}

TEST_F(SamplesHeldOut, AreRefusedWhereTheShardsDoNotHoldThem) {
  const ShardSet shards({folder_ / "a.h5"});
  folds_.held_out[1].emplace_back("ulm_000000_000019");
  testing::expect_error<DataError>([&] { samples_held_out(shards, folds_, 1, "folds.json"); },
                                   {"folds.json", "'ulm_000000_000019'", "give the shards it was split from"});
}

}  // namespace
}  // namespace segfold
