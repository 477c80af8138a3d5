#include "segfold/stages/dataset_folder.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::TemporaryFolder;
namespace fs = std::filesystem;

std::int64_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

void make(const fs::path& target, const std::string& content) {
  DatasetFolder folder(target);
  write_file(folder.temporary() / "gtFine" / "a.png", content);
  write_file(folder.temporary() / "dataset.json", content);
  folder.commit();
}

TEST(DatasetFolder, AppearsOnlyWithCommit) {
  const TemporaryFolder room;
  {
    const DatasetFolder folder(room / "data");
    write_file(folder.temporary() / "gtFine" / "a.png", "new");
    EXPECT_FALSE(fs::exists(room / "data"));
  }
  EXPECT_EQ(entries(room.path()), 0);
  make(room / "data", "new");
  EXPECT_EQ(read_file(room / "data/gtFine/a.png"), "new");
  EXPECT_EQ(entries(room.path()), 1);
}

TEST(DatasetFolder, ReplacesAnOlderOneAsAWhole) {
  const TemporaryFolder room;
  make(room / "data", "old");
  write_file(room / "data/gtFine/only_old.png", "old");
  make((room / "data").string() + "/", "new");
  EXPECT_EQ(read_file(room / "data/gtFine/a.png"), "new");
  EXPECT_FALSE(fs::exists(room / "data/gtFine/only_old.png"));
  EXPECT_EQ(entries(room.path()), 1);
}

TEST(DatasetFolder, KnowsAnOlderOneThatLostItsFiles) {
  const TemporaryFolder room;
  make(room / "data", "old");
  fs::remove(room / "data/dataset.json");
  write_file(room / "data/.snakemake_timestamp", "");
  make(room / "data", "new");
  EXPECT_EQ(read_file(room / "data/dataset.json"), "new");
}

TEST(DatasetFolder, TakesTheFoldersThatAWorkflowMadeBeforehand) {
  const TemporaryFolder room;
  create_folders(room / "data/leftImg8bit/train");
  make(room / "data", "new");
  EXPECT_EQ(read_file(room / "data/dataset.json"), "new");
}

TEST(DatasetFolder, LeavesSomebodyElsesFilesAlone) {
  const TemporaryFolder room;
  write_file(room / "data/gtFine/real.png", "mine");
  expect_error<CannotCreateError>([&] { make(room / "data", "new"); }, {"data", "did not make", "another folder"});
  EXPECT_EQ(read_file(room / "data/gtFine/real.png"), "mine");
  make(room / "ours", "old");
  write_file(room / "ours/notes.txt", "mine");
  expect_error<CannotCreateError>([&] { make(room / "ours", "new"); }, {"notes.txt", "move it away"});
  EXPECT_EQ(read_file(room / "ours/dataset.json"), "old");
  EXPECT_EQ(entries(room.path()), 2);
}

TEST(DatasetFolder, PassesOverWhatSystemsLeave) {
  const TemporaryFolder room;
  write_file(room / "data/@eaDir/preview.jpg", "");
  write_file(room / "data/.DS_Store", "");
  make(room / "data", "old");
  write_file(room / "data/@eaDir/preview.jpg", "");
  make(room / "data", "new");
  EXPECT_EQ(read_file(room / "data/dataset.json"), "new");
  EXPECT_FALSE(fs::exists(room / "data/@eaDir"));
}

TEST(DatasetFolder, RefusesAFileInItsPlace) {
  const TemporaryFolder room;
  write_file(room / "data", "a file");
  expect_error<CannotCreateError>([&] { make(room / "data", "new"); }, {"data", "is a file"});
  expect_error<CannotCreateError>([&] { make("", "new"); }, {"empty"});
}

TEST(DatasetFolder, FollowsALinkToTheFolder) {
  const TemporaryFolder room;
  make(room / "disk/data", "old");
  fs::create_directory_symlink(room / "disk/data", room / "link");
  make(room / "link", "new");
  EXPECT_TRUE(fs::is_symlink(room / "link"));
  EXPECT_EQ(read_file(room / "disk/data/dataset.json"), "new");
}

}  // namespace
}  // namespace segfold
