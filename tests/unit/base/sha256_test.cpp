#include "segfold/base/sha256.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

constexpr const char* kOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfAMillionA = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(sha256_hex(""), kOfNothing);
  EXPECT_EQ(sha256_hex("abc"), kOfAbc);
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')), kOfAMillionA);
}

TEST(Sha256, TakesItsInputInPieces) {
  EXPECT_EQ(Sha256().update("a").update("").update("bc").hex(), kOfAbc);
  Sha256 first;
  first.update("ab");
  Sha256 moved = std::move(first);
  EXPECT_EQ(moved.update("c").hex(), kOfAbc);
}

TEST(Sha256File, ReadsTheWholeFile) {
  const testing::TemporaryFolder folder;
  const std::string content(3'000'001, 'x');  // more than it reads at a time
  write_file(folder / "x", content);
  EXPECT_EQ(sha256_file(folder / "x"), sha256_hex(content));
}

TEST(Sha256File, RefusesWhatIsNoFile) {
  const testing::TemporaryFolder folder;
  testing::expect_error<NotFoundError>([&] { sha256_file(folder / "none"); }, {"none", "no such file"});
  testing::expect_error<NotFoundError>([&] { sha256_file(folder.path()); }, {"is a folder"});
}

}  // namespace
}  // namespace segfold
