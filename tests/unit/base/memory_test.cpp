#include "segfold/base/memory.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

/// A machine with 8 GiB available whose process is in the given control group.
void write_machine(const fs::path& proc, const std::string& group) {
  write(proc / "meminfo", "MemTotal:       16777216 kB\nMemFree:  1024 kB\nMemAvailable:    8388608 kB\n");
  write(proc / "self" / "cgroup", group);
}

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

TEST(AvailableMemory, IsThatOfTheMachineWhereNothingLimitsIt) {
  const testing::TemporaryFolder folder;
  write_machine(folder / "proc", "0::/\n");
  EXPECT_EQ(available_memory(folder / "proc", folder / "cgroup"), 8 * kGiB);
  write(folder / "cgroup" / "memory.max", "max\n");
  write(folder / "cgroup" / "memory.current", "12345\n");
  EXPECT_EQ(available_memory(folder / "proc", folder / "cgroup"), 8 * kGiB);
}

TEST(AvailableMemory, IsNoMoreThanAGroupAboveAllows) {
  const testing::TemporaryFolder folder;
  write_machine(folder / "proc", "0::/jobs/job_7/step\n");
  const fs::path jobs = folder / "cgroup" / "jobs";
  write(jobs / "job_7" / "step" / "memory.max", std::to_string(6 * kGiB));
  write(jobs / "job_7" / "step" / "memory.current", std::to_string(1 * kGiB));
  EXPECT_EQ(available_memory(folder / "proc", folder / "cgroup"), 5 * kGiB);
  write(jobs / "memory.max", std::to_string(4 * kGiB));
  write(jobs / "memory.current", std::to_string(3 * kGiB));
  EXPECT_EQ(available_memory(folder / "proc", folder / "cgroup"), 1 * kGiB);
  // Files that the group has read or written can be dropped.
  write(jobs / "memory.stat",
        "anon 5\nactive_file " + std::to_string(kGiB) + "\ninactive_file " + std::to_string(kGiB));
  EXPECT_EQ(available_memory(folder / "proc", folder / "cgroup"), 3 * kGiB);
}

TEST(AvailableMemory, KnowsTheFirstVersionOfControlGroups) {
  const testing::TemporaryFolder folder;
  write_machine(folder / "proc", "9:cpu:/x\n4:memory:/docker/abc\n");
  write(folder / "cgroup" / "memory" / "memory.limit_in_bytes", std::to_string(3 * kGiB));
  write(folder / "cgroup" / "memory" / "memory.usage_in_bytes", std::to_string(2 * kGiB));
  write(folder / "cgroup" / "memory" / "memory.stat", "total_inactive_file " + std::to_string(kGiB));
  EXPECT_EQ(available_memory(folder / "proc", folder / "cgroup"), 2 * kGiB);
}

TEST(BytesText, IsShort) {
  EXPECT_EQ(bytes_text(300'400'000), "300 MB");
  EXPECT_EQ(bytes_text(7'940'000'000), "7.9 GB");
}

}  // namespace
}  // namespace segfold
