#include "segfold/base/problems.h"

#include <gtest/gtest.h>

namespace segfold {
namespace {

TEST(Problems, SayNothingIfNothingWasFound) { EXPECT_NO_THROW(Problems().throw_if_any("…")); }

TEST(Problems, ThrowASingleOneAsItIs) {
  Problems problems;
  problems.add(NotFoundError("a.png: missing"));
  try {
    problems.throw_if_any("nothing was written");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a.png: missing");
    EXPECT_EQ(error.code(), ExitCode::kNotFound);
  }
}

TEST(Problems, ListAllAndKeepACodeThatTheyShare) {
  Problems problems;
  problems.add(NotFoundError("a.png: missing"));
  problems.add(NotFoundError("b.png: missing"));
  try {
    problems.throw_if_any("nothing was written");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "2 problems, nothing was written:\n  a.png: missing\n  b.png: missing");
    EXPECT_EQ(error.code(), ExitCode::kNotFound);
  }
}

TEST(Problems, OfSeveralKindsCountAsWrongContent) {
  Problems problems;
  problems.add(NotFoundError("a.png: missing"));
  problems.add(IoError("b.png: unreadable"));
  try {
    problems.throw_if_any("nothing was written");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kData);
  }
}

}  // namespace
}  // namespace segfold
