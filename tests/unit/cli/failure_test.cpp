#include "segfold/cli/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <system_error>

namespace segfold::cli {
namespace {

using ::testing::HasSubstr;

ExitCode code_of(const std::exception& exception) { return failure_of(exception).code(); }

TEST(Failure, IsWhatAnErrorOfTheProjectSays) {
  const Error failure = failure_of(IoError("x.h5: disk full"));
  EXPECT_EQ(failure.code(), ExitCode::kIo);
  EXPECT_STREQ(failure.what(), "x.h5: disk full");
}

TEST(Failure, IsABugWhereNothingElseIsKnownAndTellsItsFirstLine) {
  const Error failure = failure_of(std::runtime_error("index out of range\nframe #0: at::somewhere"));
  EXPECT_EQ(failure.code(), ExitCode::kInternal);
  EXPECT_STREQ(failure.what(), "this is a bug, please report it: index out of range");
}

TEST(Failure, IsWantOfMemoryInTheWordsOfEveryLibrary) {
  EXPECT_EQ(code_of(std::bad_alloc()), ExitCode::kOutOfMemory);
  for (const char* text : {"DefaultCPUAllocator: can't allocate memory: you tried 8 bytes",
                           "DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes.",
                           "CUDA out of memory. Tried to allocate 2 GiB\nframe #0", "could not create a primitive",
                           "could not create a memory object", "std::bad_alloc"}) {
    EXPECT_EQ(code_of(std::runtime_error(text)), ExitCode::kOutOfMemory) << text;
  }
  EXPECT_THAT(failure_of(std::runtime_error("could not create a primitive")).what(),
              HasSubstr("out of memory (could not create a primitive); use smaller sizes"));
}

TEST(Failure, IsWantOfThreads) {
  const Error failure = failure_of(std::system_error(EAGAIN, std::generic_category()));
  EXPECT_EQ(failure.code(), ExitCode::kOutOfMemory);
  EXPECT_THAT(failure.what(), HasSubstr("no further thread could be started; use fewer --threads"));
}

}  // namespace
}  // namespace segfold::cli
