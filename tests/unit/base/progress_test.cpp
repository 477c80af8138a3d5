#include "segfold/base/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <cstdio>

#include "segfold/base/log.h"

namespace segfold {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(DurationText, UsesTheUnitsThatMatter) {
  EXPECT_EQ(duration_text(-1), "0 s");
  EXPECT_EQ(duration_text(44.6), "45 s");
  EXPECT_EQ(duration_text(59.6), "1 min 0 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(2 * 3600 + 5 * 60 + 59), "2 h 5 min");
}

/// What a progress of four items says where stderr is no terminal.
std::string said(std::int64_t done_before, Verbosity verbosity) {
  configure_log("tool", verbosity);
  ::testing::internal::CaptureStderr();
  {
    Progress progress("read", 4, "images", done_before);
    for (auto i = done_before; i < 4; ++i) progress.add(1, "loss 0.5");
  }
  std::string text = ::testing::internal::GetCapturedStderr();
  configure_log("segfold", Verbosity::kNormal);
  return text;
}

TEST(Progress, EndsWithALineThatCountsAll) {
  const std::string text = said(0, Verbosity::kNormal);
  EXPECT_THAT(text, StartsWith("tool: read: 4/4 images, "));
  EXPECT_THAT(text, HasSubstr("images/s"));
  EXPECT_THAT(text, HasSubstr("loss 0.5\n"));
  EXPECT_EQ(text.find('\r'), std::string::npos);  // a bar is for terminals
  EXPECT_EQ(text.find("e+"), std::string::npos);  // 4 in a moment are many a second, 25010 and not 2.501e+04
}

TEST(Progress, CountsWhatAnEarlierRunDid) { EXPECT_THAT(said(3, Verbosity::kNormal), HasSubstr(" 4/4 images")); }

TEST(Progress, DrawsABarOnATerminal) {
  int screen = -1;
  int terminal = -1;
  if (::openpty(&screen, &terminal, nullptr, nullptr, nullptr) != 0) GTEST_SKIP() << "there are no terminals here";
  const int before = ::dup(STDERR_FILENO);
  ::dup2(terminal, STDERR_FILENO);
  {
    Progress progress("read", 4, "images");
    progress.add(4, "loss 0.5");
  }
  std::fflush(stderr);
  ::dup2(before, STDERR_FILENO);
  char shown[1000] = {};
  EXPECT_GT(::read(screen, shown, sizeof shown - 1), 0);
  EXPECT_THAT(shown, StartsWith("\rread [========================] 4/4 images, "));
  EXPECT_THAT(shown, HasSubstr("loss 0.5"));
  for (const int file : {screen, terminal, before}) ::close(file);
}

TEST(Progress, SaysNothingWhenQuiet) { EXPECT_EQ(said(0, Verbosity::kQuiet), ""); }

}  // namespace
}  // namespace segfold
