#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "segfold/base/file_lock.h"

namespace segfold {

/// What the environment says of this process's GPUs.
enum class GpuGrant {
  kNone,     ///< it is to use none: an empty CUDA_VISIBLE_DEVICES, or a SLURM job that asked for none
  kSome,     ///< named by SLURM or CUDA_VISIBLE_DEVICES
  kNotSaid,  ///< whatever the machine has
};
GpuGrant gpu_grant();

/// Whether /dev shows a GPU of NVIDIA's. A container has the files of its own GPUs alone, whatever their numbers.
bool has_gpu_device_file();

/// Whether "auto" is a GPU.
/// @param usable           GPUs that LibTorch can use
/// @param has_device_file  see has_gpu_device_file
/// @throws NotFoundError where a GPU was granted or is there, and none can be used: never a silent fall-back
bool auto_takes_gpu(GpuGrant grant, int usable, bool has_device_file);

/// Names of the first `count` GPUs that this process sees, the same in every process of the machine, whatever each of
/// them sees as its first. SLURM's numbers (SLURM_STEP_GPUS, SLURM_JOB_GPUS) go before CUDA_VISIBLE_DEVICES, which in a
/// job with devices of its own counts from 0.  Source: srun(1), output environment variables.
std::vector<std::string> gpu_names(int count);

/// Locks a GPU by its name without waiting; null if another process holds it.
/// @param folder  of the machine's own, the same for all its processes
/// @throws as try_lock_file
FileLock try_lock_gpu(const std::string& name, const std::filesystem::path& folder);

struct ClaimedGpu {
  int index;      ///< into the names
  FileLock lock;  ///< the GPU is this process's as long as it lives
};

/// Takes the first free one of these GPUs, and waits while all are taken. @param names  not empty
/// @throws InterruptedError when a stop is requested meanwhile; as try_lock_file
ClaimedGpu claim_free_gpu(const std::vector<std::string>& names, const std::filesystem::path& folder);

}  // namespace segfold
