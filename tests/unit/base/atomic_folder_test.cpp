#include "segfold/base/atomic_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;

void allow(const fs::path& /*folder*/) {}

void make(const fs::path& target, const std::string& content) {
  AtomicFolder folder(target, allow);
  write_file(folder.temporary() / "x", content);
  folder.commit();
}

TEST(AtomicFolder, AppearsAsAWholeOrNotAtAll) {
  const testing::TemporaryFolder room;
  {
    const AtomicFolder folder(room / "a", allow);
    write_file(folder.temporary() / "x", "half");
    EXPECT_FALSE(fs::exists(room / "a"));
  }
  EXPECT_TRUE(fs::is_empty(room.path()));
  make(room / "a", "old");
  write_file(room / "a" / "only old", "old");
  make((room / "a").string() + "/", "new");
  EXPECT_EQ(read_file(room / "a" / "x"), "new");
  EXPECT_FALSE(fs::exists(room / "a" / "only old"));
}

TEST(AtomicFolder, LeavesWhatMayNotBeReplaced) {
  const testing::TemporaryFolder room;
  make(room / "a", "old");
  const auto refuse = [](const fs::path& folder) { throw CannotCreateError(folder.string() + ": is mine"); };
  expect_error<CannotCreateError>([&] { AtomicFolder(room / "a", refuse); }, {"a: is mine"});
  EXPECT_NO_THROW(AtomicFolder(room / "b", refuse));
  write_file(room / "file", "1");
  expect_error<CannotCreateError>([&] { AtomicFolder(room / "file", allow); }, {"is a file"});
}

TEST(AtomicFolder, IsWrittenThroughALink) {
  const testing::TemporaryFolder room;
  make(room / "disk" / "a", "old");
  fs::create_directory_symlink(room / "disk" / "a", room / "link");
  make(room / "link", "new");
  EXPECT_TRUE(fs::is_symlink(room / "link"));
  EXPECT_EQ(read_file(room / "disk" / "a" / "x"), "new");
}

TEST(AtomicFolder, RemovesWhatAKilledProcessLeft) {
  const testing::TemporaryFolder room;
  const pid_t child = ::fork();
  if (child == 0) {
    write_file(temporary_beside(room / "a") / "x", "half");
    write_file(temporary_beside(room / "a").string() + ".old/x", "the only copy of an older folder");
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  make(room / "a", "new");
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(room.path())) {
    if (entry.path() != room / "a") left.push_back(entry.path());
  }
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.front().extension(), ".old");
}

}  // namespace
}  // namespace segfold
