#include "segfold/base/log.h"

#include <gtest/gtest.h>

#include <string>

namespace segfold {
namespace {

/// What is said with `verbosity`, one message of every kind.
std::string said(Verbosity verbosity) {
  const Verbosity before = log_verbosity();
  configure_log("tool", verbosity);
  ::testing::internal::CaptureStderr();
  log_detail("detail {}", 1);
  log_info("info {}", 2);
  log_warning("warning {}", 3);
  log_error("error 4");
  std::string text = ::testing::internal::GetCapturedStderr();
  configure_log("segfold", before);
  return text;
}

TEST(Log, SaysErrorsOnlyWhenQuiet) { EXPECT_EQ(said(Verbosity::kQuiet), "tool: error: error 4\n"); }

TEST(Log, LeavesDetailsOutUnlessAsked) {
  EXPECT_EQ(said(Verbosity::kNormal), "tool: info 2\ntool: warning: warning 3\ntool: error: error 4\n");
}

TEST(Log, SaysDetailsWhenVerbose) {
  EXPECT_EQ(said(Verbosity::kVerbose),
            "tool: detail 1\ntool: info 2\ntool: warning: warning 3\ntool: error: error 4\n");
}

TEST(Log, LetsNoControlCharacterOfANameReachATerminal) {
  ::testing::internal::CaptureStderr();
  log_error(
      "a\x1b]0;title\x07.png: \xc2\x9b"
      "31m\n  next line");
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "segfold: error: a" + r + "]0;title" + r + ".png: " + r + "31m\n  next line\n");
}

TEST(Log, TakesBracesInMessagesAsTheyAre) {
  ::testing::internal::CaptureStderr();
  log_info("{}", "{0} {x}");
  log_error("{}");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "segfold: {0} {x}\nsegfold: error: {}\n");
}

}  // namespace
}  // namespace segfold
