#include "segfold/train/training_state.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

TrainingState some_state() {
  TrainingState state;
  state.position = {
      .epoch = 3, .batches = 5, .loss_sum = 1.0 / 3, .pixels = 77, .images = 10, .seconds = 2.5, .waited = 0.1};
  state.schedule = {{"lr", 0.1}};
  state.history.resize(2);
  state.history[0].epoch = 1;
  state.history[1].epoch = 2;
  state.history[1].lowres_miou = 0.25;
  state.best_miou = 0.25;
  state.best_epoch = 2;
  state.tensors = {{"master.w", torch::rand({3, 2, 2, 2})}, {"buffer.n", torch::tensor(std::int64_t{7})}};
  return state;
}

TEST(StateFolder, GivesBackWhatWasSaved) {
  const testing::TemporaryFolder folder;
  const TrainingState saved = some_state();
  {
    const StateFolder state(folder / "state", "0123456789abcdef0123", false);
    EXPECT_FALSE(state.load().has_value());
    state.save(saved);
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "state" / "0123456789abcdef"));
  const auto loaded = StateFolder(folder / "state", "0123456789abcdef0123", false).load();
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->position.batches, 5);
  EXPECT_EQ(loaded->position.loss_sum, saved.position.loss_sum);
  EXPECT_EQ(loaded->history.at(1).lowres_miou, 0.25);
  EXPECT_FALSE(loaded->history.at(0).lowres_miou.has_value());
  EXPECT_EQ(loaded->best_epoch, 2);
  EXPECT_TRUE(torch::equal(loaded->tensors.at(0).second, saved.tensors[0].second));
  EXPECT_EQ(loaded->tensors.at(1).second.item<std::int64_t>(), 7);
}

TEST(StateFolder, BelongsToOneProcessAtATime) {
  const testing::TemporaryFolder folder;
  const StateFolder first(folder.path(), "aaaa", false);
  testing::expect_error<CannotCreateError>([&] { StateFolder(folder.path(), "aaaa", false); },
                                           {"lock", "another process"});
  EXPECT_NO_THROW(StateFolder(folder.path(), "bbbb", false));
}

TEST(StateFolder, FreshDropsWhatWasThere) {
  const testing::TemporaryFolder folder;
  {
    StateFolder(folder.path(), "aaaa", false).save(some_state());
  }
  EXPECT_FALSE(StateFolder(folder.path(), "aaaa", true).load().has_value());
}

TEST(StateFolder, NamesADamagedStateAndTheRemedy) {
  const testing::TemporaryFolder folder;
  {
    StateFolder(folder.path(), "aaaa", false).save(some_state());
  }
  const auto path = folder.path() / "aaaa" / "state.safetensors";
  std::string bytes = read_file(path);
  bytes[bytes.size() - 3] ^= 4;
  write_file(path, bytes);
  testing::expect_error<DataError>([&] { (void)StateFolder(folder.path(), "aaaa", false).load(); },
                                   {"state.safetensors", "delete " + path.parent_path().string(), "--fresh"});
}

TEST(StateFolder, LeavesNothingBehindWhenFinished) {
  const testing::TemporaryFolder folder;
  StateFolder state(folder / "fold0", "aaaa", false);
  state.save(some_state());
  state.remove();
  EXPECT_FALSE(std::filesystem::exists(folder / "fold0"));
}

}  // namespace
}  // namespace segfold
