#include "segfold/base/outputs.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;

TEST(Outputs, MayLieBesideWhatIsRead) {
  const testing::TemporaryFolder folder;
  const std::filesystem::path a = folder / "a";
  EXPECT_NO_THROW(prepare_outputs({a / "x.h5", a / "y.h5"}, {a / "z.json", folder / "b" / "x.h5", ""}));
  EXPECT_TRUE(std::filesystem::is_empty(a));
}

TEST(Outputs, AreNotReadAndWritten) {
  expect_error<UsageError>([] { prepare_outputs({"a/x.pth"}, {"a/../a/./x.pth"}); }, {"x.pth", "is read"});
  const testing::TemporaryFolder folder;
  write_file(folder / "x.pth", "weights");
  std::filesystem::create_symlink(folder / "x.pth", folder / "link.pth");
  expect_error<UsageError>([&] { prepare_outputs({folder / "x.pth"}, {folder / "link.pth"}); }, {"link.pth"});
}

TEST(Outputs, AreNotWrittenTwice) {
  expect_error<UsageError>([] { prepare_outputs({}, {"a.csv", "./a.csv"}); }, {"./a.csv", "two outputs"});
}

TEST(Outputs, ThatCannotBeMadeAreToldBeforeAnythingIsComputed) {
  const testing::TemporaryFolder folder;
  expect_error<CannotCreateError>([&] { prepare_outputs({}, {folder / std::string(256, 'x')}); }, {"too long"});
  expect_error<CannotCreateError>([&] { prepare_outputs({}, {folder.path()}); }, {"is a folder"});
}

TEST(Outputs, AreFreedOfWhatKilledProcessesLeft) {
  const testing::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    std::ofstream(temporary_beside(folder / "x.csv")) << "half";
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  prepare_outputs({}, {folder / "x.csv"});
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace segfold
