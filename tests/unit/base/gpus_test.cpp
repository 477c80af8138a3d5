#include "segfold/base/gpus.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "segfold/base/error.h"
#include "segfold/base/signals.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::testing::ElementsAre;

/// The variables that speak of GPUs, as given and no others, while it lives.
class GpuVariables {
 public:
  explicit GpuVariables(const std::map<std::string, std::string>& values) {
    for (const char* name : {"CUDA_VISIBLE_DEVICES", "SLURM_JOB_ID", "SLURM_JOB_GPUS", "SLURM_STEP_GPUS"}) {
      const char* before = getenv(name);
      before_[name] = before != nullptr ? std::optional<std::string>(before) : std::nullopt;
      unsetenv(name);
    }
    for (const auto& [name, value] : values) setenv(name.c_str(), value.c_str(), 1);
  }
  ~GpuVariables() {
    for (const auto& [name, value] : before_) {
      value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
    }
  }
  GpuVariables(const GpuVariables&) = delete;
  GpuVariables& operator=(const GpuVariables&) = delete;

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

GpuGrant grant(const std::map<std::string, std::string>& values) {
  const GpuVariables variables(values);
  return gpu_grant();
}

std::vector<std::string> names(int count, const std::map<std::string, std::string>& values) {
  const GpuVariables variables(values);
  return gpu_names(count);
}

TEST(GpuGrant, IsWhatSlurmOrCudaSay) {
  EXPECT_EQ(grant({}), GpuGrant::kNotSaid);
  EXPECT_EQ(grant({{"CUDA_VISIBLE_DEVICES", "0,1"}}), GpuGrant::kSome);
  EXPECT_EQ(grant({{"CUDA_VISIBLE_DEVICES", ""}}), GpuGrant::kNone);
  EXPECT_EQ(grant({{"CUDA_VISIBLE_DEVICES", "-1"}}), GpuGrant::kNone);
  EXPECT_EQ(grant({{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_GPUS", "3"}}), GpuGrant::kSome);
  EXPECT_EQ(grant({{"SLURM_JOB_ID", "7"}, {"CUDA_VISIBLE_DEVICES", "NoDevFiles"}}), GpuGrant::kNone);
}

TEST(GpuGrant, IsNoneInAJobThatAskedForNoneThoughTheNodeHasSome) {
  EXPECT_EQ(grant({{"SLURM_JOB_ID", "7"}}), GpuGrant::kNone);
}

TEST(AutoTakesGpu, WhereOneCanBeUsedAndIsNotForbidden) {
  EXPECT_TRUE(auto_takes_gpu(GpuGrant::kNotSaid, 1, true));
  EXPECT_TRUE(auto_takes_gpu(GpuGrant::kSome, 2, true));
  EXPECT_FALSE(auto_takes_gpu(GpuGrant::kNotSaid, 0, false));
  EXPECT_FALSE(auto_takes_gpu(GpuGrant::kNone, 0, true));
  EXPECT_FALSE(auto_takes_gpu(GpuGrant::kNone, 1, true));
}

TEST(AutoTakesGpu, RefusesToComputeOnTheCpuBesideAGpuThatItCannotUse) {
  const std::string remedy = "check the driver and LibTorch's kind, or choose --device cpu";
  testing::expect_error<NotFoundError>([] { auto_takes_gpu(GpuGrant::kNotSaid, 0, true); }, {remedy});
  testing::expect_error<NotFoundError>([] { auto_takes_gpu(GpuGrant::kSome, 0, false); }, {remedy});
}

TEST(GpuNames, AreTheDevicesOwnNotWhereAProcessSeesThem) {
  EXPECT_THAT(names(2, {}), ElementsAre("0", "1"));
  EXPECT_THAT(names(1, {{"CUDA_VISIBLE_DEVICES", "3"}}), ElementsAre("3"));
  EXPECT_THAT(names(3, {{"CUDA_VISIBLE_DEVICES", "2,GPU-5f3c,7"}}), ElementsAre("2", "GPU-5f3c", "7"));
}

TEST(GpuNames, AreThoseOfSlurmWhereEachJobCountsItsDevicesFromZero) {
  const auto first = names(1, {{"CUDA_VISIBLE_DEVICES", "0"}, {"SLURM_JOB_GPUS", "2"}});
  const auto second = names(1, {{"CUDA_VISIBLE_DEVICES", "0"}, {"SLURM_JOB_GPUS", "3"}});
  EXPECT_THAT(first, ElementsAre("2"));
  EXPECT_THAT(second, ElementsAre("3"));
  EXPECT_THAT(names(1, {{"SLURM_JOB_GPUS", "2,3"}, {"SLURM_STEP_GPUS", "3"}}), ElementsAre("3"));
  // Whoever narrows the choice within a job knows the devices by the numbers that he gives.
  EXPECT_THAT(names(1, {{"CUDA_VISIBLE_DEVICES", "3"}, {"SLURM_JOB_GPUS", "2,3"}}), ElementsAre("3"));
}

TEST(TryLockGpu, LocksPartsOfAGpuEachForItself) {
  const testing::TemporaryFolder folder;
  const FileLock first = try_lock_gpu("MIG-GPU-5f3c/1/0", folder.path());
  EXPECT_TRUE(first);
  EXPECT_TRUE(try_lock_gpu("MIG-GPU-5f3c/2/0", folder.path()));
  EXPECT_FALSE(try_lock_gpu("MIG-GPU-5f3c/1/0", folder.path()));
}

/// What a fold does in a process of its own: claims one of two GPUs and works on it. A file that must not be there yet
/// stands for its work.
void train_pretended_fold(const std::filesystem::path& folder) {
  const ClaimedGpu gpu = claim_free_gpu({"0", "1"}, folder);
  const auto work = folder / ("at-work-on-" + std::to_string(gpu.index));
  const int file = ::open(work.c_str(), O_CREAT | O_EXCL, 0600);
  if (file < 0) ::_exit(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  ::unlink(work.c_str());
  ::_exit(0);
}

TEST(ClaimFreeGpu, LetsThreeFoldsOnTwoGpusAllFinishWithoutSharingOne) {
  const testing::TemporaryFolder folder;
  for (int fold = 0; fold < 3; ++fold) {
    if (::fork() == 0) train_pretended_fold(folder.path());
  }
  for (int fold = 0; fold < 3; ++fold) {
    int status = -1;
    ASSERT_GT(::wait(&status), 0);
    EXPECT_EQ(status, 0);
  }
}

TEST(ClaimFreeGpu, FreesTheGpuOfAProcessThatWasKilled) {
  const testing::TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t fold = ::fork();
  if (fold == 0) {
    const ClaimedGpu gpu = claim_free_gpu({"0"}, folder.path());
    if (::write(ready[1], "!", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char letter = 0;
  ASSERT_EQ(::read(ready[0], &letter, 1), 1);
  EXPECT_FALSE(try_lock_gpu("0", folder.path()));
  ::kill(fold, SIGKILL);
  ::waitpid(fold, nullptr, 0);
  EXPECT_EQ(claim_free_gpu({"0"}, folder.path()).index, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(ClaimFreeGpu, StopsWaitingWhenItIsAskedTo) {
  const testing::TemporaryFolder folder;
  const FileLock taken = try_lock_gpu("0", folder.path());
  {
    const SignalGuard guard;
    ::raise(SIGTERM);
    testing::expect_error<InterruptedError>([&] { claim_free_gpu({"0"}, folder.path()); }, {"waiting for a GPU"});
  }
  const SignalGuard afresh;  // other tests are not to be stopped
}

}  // namespace
}  // namespace segfold
