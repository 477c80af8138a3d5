#include "segfold/base/cpu.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace segfold {
namespace {

int affinity_threads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());
}

constexpr int kUnlimited = 1 << 20;

/// Whole processors of a CPU quota.
int cgroup_threads() {
  double quota = -1;
  double period = 0;
  if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2 >> quota >> period) {
  } else if (std::ifstream v1("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"); v1 >> quota) {
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_period_us") >> period;
  }
  return quota > 0 && period > 0 ? std::max(1, static_cast<int>(std::ceil(quota / period))) : kUnlimited;
}

int slurm_threads() {
  const char* text = std::getenv("SLURM_CPUS_PER_TASK");
  const int value = text != nullptr ? std::atoi(text) : 0;
  return value > 0 ? value : kUnlimited;
}

}  // namespace

int available_threads() { return std::max(1, std::min({affinity_threads(), cgroup_threads(), slurm_threads()})); }

std::string simd_level() {
#ifdef __x86_64__
  const bool avx512 = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                      __builtin_cpu_supports("avx512vl") != 0;
  if (avx512) return "avx512";
  if (__builtin_cpu_supports("avx2")) return "avx2";
#endif
  return "scalar";
}

bool cpu_has_bf16() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

bool cpu_has_amx() {
#ifdef __x86_64__
  return __builtin_cpu_supports("amx-bf16") != 0;
#else
  return false;
#endif
}

}  // namespace segfold
