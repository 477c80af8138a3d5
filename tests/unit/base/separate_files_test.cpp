#include "segfold/base/separate_files.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;

TEST(SeparateFiles, MayLieBesideEachOther) {
  EXPECT_NO_THROW(require_separate_files({"a/x.h5", "a/y.h5"}, {"a/z.json", "b/x.h5", ""}));
}

TEST(SeparateFiles, AreNotReadAndWritten) {
  expect_error<UsageError>([] { require_separate_files({"a/x.pth"}, {"a/../a/./x.pth"}); }, {"x.pth", "is read"});
  const testing::TemporaryFolder folder;
  write_file(folder / "x.pth", "weights");
  std::filesystem::create_symlink(folder / "x.pth", folder / "link.pth");
  expect_error<UsageError>([&] { require_separate_files({folder / "x.pth"}, {folder / "link.pth"}); }, {"link.pth"});
}

TEST(SeparateFiles, AreNotWrittenTwice) {
  expect_error<UsageError>([] { require_separate_files({}, {"a.csv", "./a.csv"}); }, {"./a.csv", "two outputs"});
}

}  // namespace
}  // namespace segfold
