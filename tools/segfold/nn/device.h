#pragma once

#include <torch/nn/module.h>

#include <string>

#include "segfold/base/file_lock.h"
#include "segfold/nn/precision.h"

namespace segfold {

/// Where a network runs, claimed for this process while the object lives.
class Device {
 public:
  /// @param wanted  "cpu", "cuda", "cuda:N", or "auto": a free GPU where there is one (claimed by a lock that dies with
  /// the process; waits if all are taken), otherwise the CPU, also in a SLURM job that asked for no GPU. A GPU that is
  /// named is locked against "auto" too, but not waited for: whoever names one may put several processes on it.
  /// @throws UsageError for another word, NotFoundError if a GPU was named that is not there or cannot be used: never a
  /// silent fall-back.
  static Device claim(const std::string& wanted);

  const torch::Device& torch_device() const { return device_; }
  bool is_cuda() const { return device_.is_cuda(); }
  std::string name() const { return device_.str(); }

 private:
  explicit Device(torch::Device device) : device_(device) {}
  Device(int gpu, FileLock lock);
  torch::Device device_;
  FileLock lock_;
};

/// kAuto takes bf16 where the device multiplies it in hardware: there it halves a training step, elsewhere it is
/// slower.
Precision resolve_precision(PrecisionChoice choice, const Device& device);

/// Prepares a network to run: on the device, 4-D weights channels_last, with kBf16 the weights and biases of all
/// convolutions as bfloat16 (BatchNorm stays float32).
void prepare_module(torch::nn::Module& module, const Device& device, Precision precision);

/// Settings of the process that runs a network, made once before the first tensor: `threads` compute threads, cuDNN's
/// deterministic algorithms in true float32 (the gradients of resizing and max pooling still add up in no fixed order
/// on a GPU), and an allocator that keeps big blocks instead of returning them to the kernel (page faults would
/// dominate memory-bound operators).
void configure_torch(int threads);

/// Instruction sets that LibTorch's and oneDNN's kernels choose by, e.g. "AVX512+bf16"; bits depend on them.
std::string torch_cpu_capability();

}  // namespace segfold
