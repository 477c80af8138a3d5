#include "segfold/base/error.h"

#include <gtest/gtest.h>

#include <new>
#include <string>

#include "tests/support/expect_error.h"

namespace segfold {
namespace {

template <class Kind>
int exit_code() {
  return static_cast<int>(Kind("x").code());
}

TEST(Errors, HaveTheDocumentedExitCodes) {
  EXPECT_EQ(exit_code<UsageError>(), 64);
  EXPECT_EQ(exit_code<DataError>(), 65);
  EXPECT_EQ(exit_code<NotFoundError>(), 66);
  EXPECT_EQ(exit_code<InternalError>(), 70);
  EXPECT_EQ(exit_code<CannotCreateError>(), 73);
  EXPECT_EQ(exit_code<IoError>(), 74);
  EXPECT_EQ(exit_code<InterruptedError>(), 75);
  EXPECT_EQ(exit_code<PermissionError>(), 77);
  EXPECT_EQ(static_cast<int>(ExitCode::kDone), 0);
  EXPECT_EQ(static_cast<int>(ExitCode::kOutOfMemory), 71);
}

TEST(Errors, GatherContextAsTheyClimb) {
  const auto fail = [] { throw DataError("value 300"); };
  testing::expect_error<DataError>([&] { with_context("fold 2", [&] { with_context("a.h5", fail); }); },
                                   {"fold 2: a.h5: value 300"});
}

TEST(Errors, ContextLeavesResultsAndOtherExceptionsAlone) {
  int value = 1;
  int& same = with_context("here", [&]() -> int& { return value; });
  EXPECT_EQ(&same, &value);
  EXPECT_THROW(with_context("here", [] { throw std::bad_alloc(); }), std::bad_alloc);
}

}  // namespace
}  // namespace segfold
