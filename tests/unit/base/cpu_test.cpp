#include "segfold/base/cpu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>

#include <optional>
#include <string>
#include <thread>

namespace segfold {
namespace {

/// Sets SLURM_CPUS_PER_TASK, and puts back what was there.
class SlurmThreads {
 public:
  explicit SlurmThreads(const char* value) {
    if (const char* before = getenv(kName)) before_ = before;
    setenv(kName, value, 1);
  }
  ~SlurmThreads() { before_ ? setenv(kName, before_->c_str(), 1) : unsetenv(kName); }
  SlurmThreads(const SlurmThreads&) = delete;
  SlurmThreads& operator=(const SlurmThreads&) = delete;

 private:
  static constexpr const char* kName = "SLURM_CPUS_PER_TASK";
  std::optional<std::string> before_;
};

TEST(AvailableThreads, AreNoMoreThanTheJobMayUse) {
  const SlurmThreads job("1");
  EXPECT_EQ(available_threads(), 1);
}

TEST(AvailableThreads, IgnoreAJobsVariableThatIsNoCount) {
  const SlurmThreads job("0");
  const int without = available_threads();
  EXPECT_GE(without, 1);
  for (const char* text : {"", "many", "-3"}) {
    const SlurmThreads odd(text);
    EXPECT_EQ(available_threads(), without) << text;
  }
}

TEST(AvailableThreads, AreNoMoreThanTheAffinityMaskHas) {
  int found = 0;
  // The mask belongs to a thread: that of the tests stays as it is.
  std::thread([&found] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    if (sched_setaffinity(0, sizeof one, &one) == 0) found = available_threads();
  }).join();
  EXPECT_EQ(found, 1);
}

TEST(SimdLevel, IsOneThatKernelsAreWrittenFor) {
  EXPECT_THAT(simd_level(), ::testing::AnyOf("avx512", "avx2", "scalar"));
}

}  // namespace
}  // namespace segfold
