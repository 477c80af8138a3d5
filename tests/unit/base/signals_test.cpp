#include "segfold/base/signals.h"

#include <gtest/gtest.h>

#include <csignal>

namespace segfold {
namespace {

TEST(SignalGuard, TurnsASignalIntoARequest) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    const SignalGuard guard;
    EXPECT_FALSE(stop_requested());
    std::raise(number);
    EXPECT_TRUE(stop_requested());
  }
}

TEST(SignalGuard, StartsAfresh) {
  {
    const SignalGuard guard;
    std::raise(SIGTERM);
  }
  const SignalGuard guard;
  EXPECT_FALSE(stop_requested());
}

TEST(SignalGuardDeathTest, ASecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        const SignalGuard guard;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

TEST(SignalGuardDeathTest, PutsBackWhatWasThere) {
  EXPECT_EXIT(
      {
        {
          const SignalGuard guard;
        }
        std::raise(SIGTERM);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

TEST(SignalGuard, LeavesAnIgnoredSignalIgnored) {
  const auto before = std::signal(SIGHUP, SIG_IGN);  // as nohup does
  {
    const SignalGuard guard;
    std::raise(SIGHUP);
    EXPECT_FALSE(stop_requested());
  }
  EXPECT_EQ(std::signal(SIGHUP, before), SIG_IGN);
}

}  // namespace
}  // namespace segfold
