#pragma once

#include <string>

namespace segfold {

/// Processors this process may use: the least of its affinity mask, the quota at the root of the cgroups it sees (v2
/// and v1), which is a container's own, and the job's SLURM_CPUS_PER_TASK; at least 1. Quotas of groups further down,
/// such as a systemd slice's, are not looked at.
int available_threads();

/// Best vector instruction set that this program's kernels can use here: "avx512", "avx2" or "scalar".
std::string simd_level();

/// Whether the processor multiplies bfloat16 in hardware (AVX512-BF16); without it bf16 is slower than fp32.
bool cpu_has_bf16();

/// Whether it multiplies tiles of bfloat16 (AMX).
bool cpu_has_amx();

}  // namespace segfold
