#include "segfold/base/file_lock.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "segfold/base/error.h"
#include "tests/support/temporary_folder.h"

namespace {

int refused_by_the_file_system = 0;  // an errno; 0: it has locks

}  // namespace

// This stands before the C library's own, which it calls.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): names such as glibc's are reserved
extern "C" int flock(int file, int operation) noexcept {
  if (refused_by_the_file_system == 0) return static_cast<int>(::syscall(SYS_flock, file, operation));
  errno = refused_by_the_file_system;
  return -1;
}

namespace segfold {
namespace {

/// Whether another process gets the lock.
bool another_process_gets(const std::filesystem::path& path) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(try_lock_file(path) ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status) == 0;
}

TEST(FileLock, KeepsAnotherProcessOutUntilItIsGivenBack) {
  const testing::TemporaryFolder folder;
  FileLock lock = try_lock_file(folder / "lock");
  ASSERT_TRUE(lock);
  EXPECT_FALSE(another_process_gets(folder / "lock"));
  lock.reset();
  EXPECT_TRUE(another_process_gets(folder / "lock"));
}

TEST(FileLock, EndsWithTheProcessThatHeldIt) {
  const testing::TemporaryFolder folder;
  EXPECT_TRUE(another_process_gets(folder / "lock"));
  EXPECT_TRUE(try_lock_file(folder / "lock"));
}

TEST(FileLock, MayBeTakenByEveryUserWhateverTheUmask) {
  const testing::TemporaryFolder folder;
  const mode_t before = ::umask(077);
  EXPECT_TRUE(try_lock_file(folder / "lock"));
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat((folder / "lock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0666U);
}

TEST(FileLock, NeedsNoLeaveToWrite) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const testing::TemporaryFolder folder;
  EXPECT_TRUE(try_lock_file(folder / "lock"));
  std::filesystem::permissions(folder / "lock", std::filesystem::perms::owner_read);
  EXPECT_TRUE(try_lock_file(folder / "lock"));
  std::filesystem::permissions(folder / "lock", std::filesystem::perms::none);
  EXPECT_THROW(try_lock_file(folder / "lock"), PermissionError);
}

TEST(FileLock, NeedsAFolderToLieIn) {
  const testing::TemporaryFolder folder;
  EXPECT_THROW(try_lock_file(folder / "missing" / "lock"), CannotCreateError);
}

TEST(FileLock, OfAFileSystemWithoutLocksIsWarnedOfAndKeepsNobodyOut) {
  const testing::TemporaryFolder folder;
  for (const int reason : {ENOLCK, ENOSYS, EOPNOTSUPP}) {
    refused_by_the_file_system = reason;
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(try_lock_file(folder / "lock"));
    EXPECT_NE(::testing::internal::GetCapturedStderr().find("lock: this file system has no locks"), std::string::npos);
  }
  refused_by_the_file_system = EIO;
  EXPECT_THROW(try_lock_file(folder / "lock"), IoError);
  refused_by_the_file_system = 0;
}

}  // namespace
}  // namespace segfold
