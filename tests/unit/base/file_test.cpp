#include "segfold/base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace {

/// Calls to the kernel that decide what a power cut leaves, in their order.
std::vector<std::string> durable_calls;

}  // namespace

// These stand before the C library's own, which they call.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): names such as glibc's are reserved
extern "C" int fsync(int file) {
  durable_calls.push_back("fsync " + std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file)).string());
  return static_cast<int>(::syscall(SYS_fsync, file));
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): likewise
extern "C" int rename(const char* from, const char* to) noexcept {
  durable_calls.push_back(std::string("rename ") + from);
  return static_cast<int>(::syscall(SYS_rename, from, to));
}

namespace segfold {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;

std::ptrdiff_t entries(const testing::TemporaryFolder& folder) {
  return std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
}

void write_plainly(const fs::path& path, std::string_view bytes) { std::ofstream(path, std::ios::binary) << bytes; }

TEST(ReadFile, GivesEveryByte) {
  const testing::TemporaryFolder folder;
  const std::string bytes("a\0\xff\r\n", 5);
  write_plainly(folder / "x", bytes);
  EXPECT_EQ(read_file(folder / "x"), bytes);
  write_plainly(folder / "empty", "");
  EXPECT_EQ(read_file(folder / "empty"), "");
}

TEST(ReadFile, RefusesWhatIsNoRegularFile) {
  const testing::TemporaryFolder folder;
  expect_error<NotFoundError>([&] { read_file(folder / "none"); }, {"none", "no such file"});
  expect_error<NotFoundError>([&] { read_file(folder / "none" / "x"); }, {"no such file"});
  expect_error<NotFoundError>([&] { read_file(folder.path()); }, {"is a folder"});
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  expect_error<NotFoundError>([&] { read_file(folder / "pipe"); }, {"pipe", "not a regular file"});  // does not wait
}

TEST(ReadFile, RefusesMoreThanItMayTake) {
  const testing::TemporaryFolder folder;
  write_plainly(folder / "x", "1234");
  EXPECT_EQ(read_file(folder / "x", 4), "1234");
  expect_error<DataError>([&] { read_file(folder / "x", 3); }, {"4 bytes", "3"});
}

TEST(ReadFile, TakesAHundredMegabytesUnlessTold) {
  const testing::TemporaryFolder folder;
  write_plainly(folder / "x", "1");
  fs::resize_file(folder / "x", 100'000'001);
  expect_error<DataError>([&] { read_file(folder / "x"); }, {"100000001 bytes", "100000000", "another file"});
}

TEST(ReadFile, SaysWhatMayNotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const testing::TemporaryFolder folder;
  write_plainly(folder / "x", "1");
  fs::permissions(folder / "x", fs::perms::none);
  expect_error<PermissionError>([&] { read_file(folder / "x"); }, {"not readable"});
}

TEST(RequireFolder, WantsAFolder) {
  const testing::TemporaryFolder folder;
  write_plainly(folder / "x", "1");
  EXPECT_NO_THROW(require_folder(folder.path()));
  expect_error<NotFoundError>([&] { require_folder(folder / "none"); }, {"none", "no such folder"});
  expect_error<NotFoundError>([&] { require_folder(folder / "x"); }, {"not a folder"});
}

TEST(RequireFile, WantsARegularFile) {
  const testing::TemporaryFolder folder;
  write_plainly(folder / "x", "1");
  EXPECT_NO_THROW(require_file(folder / "x"));
  expect_error<NotFoundError>([&] { require_file(folder / "none"); }, {"none", "no such file"});
  expect_error<NotFoundError>([&] { require_file(folder.path()); }, {"is a folder"});
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  expect_error<NotFoundError>([&] { require_file(folder / "pipe"); }, {"not a regular file"});
}

TEST(RequireFile, TellsNamesThatNoFileCanHave) {
  expect_error<NotFoundError>([] { require_file(std::string(300, 'x')); }, {"no such file"});
  expect_error<NotFoundError>([] { require_folder(std::string(300, 'x')); }, {"no such file"});
}

TEST(CreateFolders, MakesParentsAndRefusesAFileInTheWay) {
  const testing::TemporaryFolder folder;
  create_folders(folder / "a" / "b");
  create_folders(folder / "a" / "b");
  EXPECT_TRUE(fs::is_directory(folder / "a" / "b"));
  write_plainly(folder / "x", "1");
  expect_error<CannotCreateError>([&] { create_folders(folder / "x" / "b"); }, {"cannot create"});
}

TEST(FileErrors, FollowTheSystemsReason) {
  EXPECT_THROW(throw_read_error("x", ENOENT), NotFoundError);
  EXPECT_THROW(throw_read_error("x", EISDIR), NotFoundError);
  EXPECT_THROW(throw_read_error("x", EACCES), PermissionError);
  EXPECT_THROW(throw_read_error("x", EIO), IoError);
  EXPECT_THROW(throw_write_error("x", EACCES), PermissionError);
  EXPECT_THROW(throw_write_error("x", EROFS), PermissionError);
  EXPECT_THROW(throw_write_error("x", EISDIR), CannotCreateError);
  EXPECT_THROW(throw_write_error("x", ENAMETOOLONG), CannotCreateError);
  EXPECT_THROW(throw_write_error("x", EEXIST), CannotCreateError);
  EXPECT_THROW(throw_write_error("x", EIO), IoError);
  expect_error<IoError>([] { throw_write_error("x.h5", ENOSPC); }, {"x.h5", "disk full"});
  expect_error<IoError>([] { throw_write_error("x.h5", EDQUOT); }, {"x.h5", "disk full"});
}

TEST(WriteFile, ReplacesAnOlderFileAndLeavesNothingElse) {
  const testing::TemporaryFolder folder;
  write_file(folder / "x.txt", "older and longer");
  write_file(folder / "x.txt", "new");
  EXPECT_EQ(read_file(folder / "x.txt"), "new");
  EXPECT_EQ(entries(folder), 1);
}

TEST(AtomicFile, MakesTheFoldersOfItsTarget) {
  const testing::TemporaryFolder folder;
  write_file(folder / "a" / "b" / "x.txt", "1");
  EXPECT_EQ(read_file(folder / "a" / "b" / "x.txt"), "1");
}

TEST(AtomicFile, LeavesAnOlderTargetAloneUntilItIsCommitted) {
  const testing::TemporaryFolder folder;
  write_plainly(folder / "x.h5", "old");
  {
    const AtomicFile file(folder / "x.h5");
    EXPECT_EQ(file.temporary().parent_path(), folder.path());
    EXPECT_EQ(file.temporary().extension(), ".h5");
    write_plainly(file.temporary(), "half");
    EXPECT_EQ(read_file(folder / "x.h5"), "old");
  }
  EXPECT_EQ(read_file(folder / "x.h5"), "old");
  EXPECT_EQ(entries(folder), 1);
}

TEST(AtomicFile, IsWrittenUnderANameOfThisMachineAndProcess) {
  char host[256] = {};
  ASSERT_EQ(::gethostname(host, sizeof host - 1), 0);
  const testing::TemporaryFolder folder;
  const AtomicFile file(folder / "x.h5");
  const std::string name = file.temporary().filename().string();
  EXPECT_NE(name.find(std::string(".") + host + "."), std::string::npos);
  EXPECT_TRUE(name.ends_with("." + std::to_string(::getpid()) + ".tmp.h5"));
  EXPECT_NE(temporary_beside(folder / "y.h5"), file.temporary());
}

TEST(AtomicFile, TakesEveryNameThatTheFileSystemTakes) {
  const testing::TemporaryFolder folder;
  const std::string longest(255, 'x');
  write_file(folder / longest, "1");
  EXPECT_EQ(read_file(folder / longest), "1");
  const std::string umlauts = "ü" + std::string(120, 'x') + ".pth";
  write_file(folder / umlauts, "1");
  EXPECT_EQ(entries(folder), 2);
  expect_error<CannotCreateError>([&] { AtomicFile file(folder / (longest + "x")); }, {"x: cannot create"});
}

TEST(AtomicFile, FollowsNothingThatWasPlantedUnderItsTemporaryName) {
  const testing::TemporaryFolder folder;
  write_plainly(folder / "precious", "kept");
  fs::create_symlink(folder / "precious", temporary_beside(folder / "x"));
  write_file(folder / "x", "new");
  EXPECT_EQ(read_file(folder / "precious"), "kept");
  EXPECT_FALSE(fs::is_symlink(folder / "x"));
}

TEST(AbandonedTemporaries, AreThoseOfTheSameTargetWhoseProcessIsDead) {
  const testing::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    write_plainly(temporary_beside(folder / "x.h5"), "half");
    write_plainly(temporary_beside(folder / "y.h5"), "half");
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  const AtomicFile at_work(folder / "x.h5");
  EXPECT_EQ(abandoned_temporaries(folder / "x.h5").size(), 1);
  EXPECT_NE(abandoned_temporaries(folder / "x.h5").front(), at_work.temporary());
  EXPECT_TRUE(abandoned_temporaries(folder / "z.h5").empty());
}

TEST(AtomicFile, AppearsWhenItIsCommitted) {
  const testing::TemporaryFolder folder;
  AtomicFile file(folder / "x.h5");
  write_plainly(file.temporary(), "whole");
  EXPECT_FALSE(fs::exists(folder / "x.h5"));
  file.commit();
  EXPECT_EQ(read_file(folder / "x.h5"), "whole");
  EXPECT_EQ(entries(folder), 1);
}

TEST(AtomicFile, IsOnTheDiskBeforeItHasItsNameAndThenItsNameIs) {
  const testing::TemporaryFolder folder;
  AtomicFile file(folder / "x");
  write_plainly(file.temporary(), "whole");
  durable_calls.clear();
  file.commit();
  const std::string temporary = file.temporary().string();
  EXPECT_EQ(durable_calls,
            (std::vector<std::string>{"fsync " + temporary, "rename " + temporary, "fsync " + folder.path().string()}));
}

TEST(AtomicFile, RefusesTargetsThatAreNoRegularFile) {
  const testing::TemporaryFolder folder;
  expect_error<CannotCreateError>([&] { AtomicFile file(folder.path()); }, {"is a folder"});
  expect_error<CannotCreateError>([] { AtomicFile file(""); }, {"empty"});
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  expect_error<CannotCreateError>([&] { AtomicFile file(folder / "pipe"); }, {"pipe", "no regular file"});
  fs::create_symlink(folder / "pipe", folder / "link");
  expect_error<CannotCreateError>([&] { AtomicFile file(folder / "link"); }, {"link", "no regular file"});
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
  EXPECT_EQ(entries(folder), 2);
}

TEST(AtomicFile, IsWrittenThroughALink) {
  const testing::TemporaryFolder folder;
  fs::create_directory(folder / "a");
  fs::create_symlink("a/x", folder / "link");
  fs::create_symlink(folder / "link", folder / "link to it");
  for (const char* text : {"made", "replaced"}) {
    write_file(folder / "link to it", text);
    EXPECT_EQ(read_file(folder / "a" / "x"), text);
    EXPECT_TRUE(fs::is_symlink(folder / "link"));
  }
  fs::create_symlink("circle", folder / "circle");
  expect_error<CannotCreateError>([&] { AtomicFile file(folder / "circle"); }, {"circle", "cannot create"});
}

TEST(AtomicFile, RefusesAFolderThatCannotBe) {
  const testing::TemporaryFolder folder;
  write_plainly(folder / "x", "1");
  expect_error<CannotCreateError>([&] { AtomicFile file(folder / "x" / "y"); }, {"cannot create"});
}

TEST(AtomicFile, RefusesAFolderThatMayNotBeWritten) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const testing::TemporaryFolder folder;
  fs::create_directory(folder / "a");
  fs::permissions(folder / "a", fs::perms::owner_read | fs::perms::owner_exec);
  expect_error<PermissionError>([&] { AtomicFile file(folder / "a" / "x"); }, {"x", "not writable"});
  fs::permissions(folder / "a", fs::perms::owner_all);
}

TEST(WriteStdout, GivesEveryByte) {
  const std::string bytes("a\0\xff\n", 4);
  ::testing::internal::CaptureStdout();
  write_stdout(bytes);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), bytes);
}

TEST(WriteStdout, TellsAFullDisk) {
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(::dup2(full, STDOUT_FILENO), 0);
  expect_error<IoError>([] { write_stdout("result"); }, {"standard output", "disk full"});
  __fpurge(stdout);  // what could not be written is not to follow later
  ::dup2(before, STDOUT_FILENO);
  ::close(full);
  ::close(before);
}

TEST(StandIn, IsToldFromWhatWasMeant) {
  EXPECT_TRUE(stand_in("version https://git-lfs.github.com/spec/v1\noid sha256:0").starts_with("a git-lfs pointer"));
  EXPECT_TRUE(stand_in("\n<!DOCTYPE html>").starts_with("a web page"));
  EXPECT_EQ(stand_in("\x89PNG\r\n"), "");
  EXPECT_EQ(stand_in(""), "");
}

}  // namespace
}  // namespace segfold
