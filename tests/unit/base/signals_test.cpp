#include "segfold/base/signals.h"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstddef>

namespace segfold {
namespace {

/// Signals act as in a terminal, though a run in the background (`… &`, nohup) inherits that some are ignored.
class SignalGuardTest : public ::testing::Test {
 public:
  SignalGuardTest() {
    for (std::size_t i = 0; i < kNumbers.size(); ++i) before_[i] = std::signal(kNumbers[i], SIG_DFL);
  }
  ~SignalGuardTest() override {
    for (std::size_t i = 0; i < kNumbers.size(); ++i) std::signal(kNumbers[i], before_[i]);
  }

 protected:
  static constexpr std::array kNumbers{SIGINT, SIGTERM, SIGHUP};

 private:
  std::array<void (*)(int), kNumbers.size()> before_{};
};
using SignalGuardDeathTest = SignalGuardTest;

TEST_F(SignalGuardTest, TurnsASignalIntoARequest) {
  for (const int number : kNumbers) {
    const SignalGuard guard;
    EXPECT_FALSE(stop_requested());
    std::raise(number);
    EXPECT_TRUE(stop_requested());
  }
}

TEST_F(SignalGuardTest, StartsAfresh) {
  {
    const SignalGuard guard;
    std::raise(SIGTERM);
  }
  const SignalGuard guard;
  EXPECT_FALSE(stop_requested());
}

TEST_F(SignalGuardDeathTest, ASecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        const SignalGuard guard;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

TEST_F(SignalGuardDeathTest, PutsBackWhatWasThere) {
  EXPECT_EXIT(
      {
        {
          const SignalGuard guard;
        }
        std::raise(SIGTERM);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

TEST_F(SignalGuardTest, LeavesAnIgnoredSignalIgnored) {
  std::signal(SIGHUP, SIG_IGN);  // as nohup does
  {
    const SignalGuard guard;
    std::raise(SIGHUP);
    EXPECT_FALSE(stop_requested());
  }
  EXPECT_EQ(std::signal(SIGHUP, SIG_DFL), SIG_IGN);
}

}  // namespace
}  // namespace segfold
