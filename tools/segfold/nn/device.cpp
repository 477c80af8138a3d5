#include "segfold/nn/device.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/cpu/Utils.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <fmt/format.h>
#include <malloc.h>
#include <torch/cuda.h>
#include <torch/nn/modules/conv.h>
#include <torch/version.h>

#include <climits>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "segfold/base/cpu.h"
#include "segfold/base/error.h"
#include "segfold/base/gpus.h"
#include "segfold/base/log.h"
#include "segfold/base/parallel.h"
#include "segfold/nn/versions.h"

namespace segfold {
namespace {

void require_working_gpu(int index) {
  try {
    torch::zeros({1}, torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(index)));
  } catch (const std::exception& error) {
    const std::string text = error.what();
    throw NotFoundError(fmt::format("GPU {} cannot be used: {}; check the driver, or choose --device cpu", index,
                                    text.substr(0, text.find('\n'))));
  }
}

/// Where GPUs are locked: a folder that all users and jobs of a machine share, as a $TMPDIR of a job's own is not.
constexpr const char* kLockFolder = "/tmp";

int parse_index(const std::string& wanted) {
  if (wanted == "cuda") return 0;
  const std::string digits = wanted.starts_with("cuda:") ? wanted.substr(5) : "";
  if (digits.empty() || digits.size() > 3 || digits.find_first_not_of("0123456789") != std::string::npos) {
    throw UsageError(fmt::format("--device {}: unknown; choose auto, cpu, cuda or cuda:N", wanted));
  }
  return std::stoi(digits);
}

}  // namespace

Device Device::claim(const std::string& wanted) {
  if (wanted == "cpu") return Device(torch::kCPU);
  const int count = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  const std::vector<std::string> names = gpu_names(count);
  if (wanted == "auto") {
    if (!auto_takes_gpu(gpu_grant(), count, has_gpu_device_file())) return Device(torch::kCPU);
    ClaimedGpu gpu = claim_free_gpu(names, kLockFolder);
    return Device(gpu.index, std::move(gpu.lock));
  }
  const int index = parse_index(wanted);
  if (index >= count) {
    throw NotFoundError(fmt::format(
        "--device {}: it is not there ({} GPUs can be used); choose another or --device cpu", wanted, count));
  }
  const auto& name = names[static_cast<std::size_t>(index)];
  Device device(index, try_lock_gpu(name, kLockFolder));
  if (!device.lock_) log_info("another process is at work on GPU {} too", index);
  return device;
}

Device::Device(int gpu, FileLock lock)
    : device_(torch::kCUDA, static_cast<c10::DeviceIndex>(gpu)), lock_(std::move(lock)) {
  require_working_gpu(gpu);
}

Precision resolve_precision(PrecisionChoice choice, const Device& device) {
  if (choice == PrecisionChoice::kFp32) return Precision::kFp32;
  if (choice == PrecisionChoice::kBf16) return Precision::kBf16;
  const bool in_hardware =
      device.is_cuda() ? at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8() : cpu_has_bf16();
  return in_hardware ? Precision::kBf16 : Precision::kFp32;
}

void prepare_module(torch::nn::Module& module, const Device& device, Precision precision) {
  const torch::NoGradGuard no_grad;
  module.to(device.torch_device());
  for (const auto& child : module.modules()) {
    const bool convolution =
        child->as<torch::nn::Conv2d>() != nullptr || child->as<torch::nn::ConvTranspose2d>() != nullptr;
    if (!convolution) continue;
    const auto dtype = precision == Precision::kBf16 ? torch::kBFloat16 : torch::kFloat32;
    for (torch::Tensor& parameter : child->parameters(/*recurse=*/false)) {
      const auto layout = parameter.dim() == 4 ? torch::MemoryFormat::ChannelsLast : torch::MemoryFormat::Contiguous;
      parameter.set_data(parameter.detach().to(dtype).contiguous(layout));
    }
  }
}

void configure_torch(int threads) {
  // glibc would give every freed tensor of more than 32 MB back to the kernel and fault it in again.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
  mallopt(M_ARENA_MAX, 2);
  // OpenMP ends the process without a word where it cannot start its threads; the backward pass has a team of its own.
  require_threads(2 * threads);
  at::set_num_threads(threads);
  static std::once_flag once;  // LibTorch takes this setting a single time
  std::call_once(once, [] { at::set_num_interop_threads(1); });
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setAllowTF32CuDNN(false);  // --precision fp32 means it on a GPU, too
}

std::string torch_versions() {
  std::string text = fmt::format("LibTorch         {}\n", TORCH_VERSION);
  text += fmt::format("CUDA             {}\n", torch::cuda::is_available()
                                                   ? fmt::format("{} GPUs", torch::cuda::device_count())
                                                   : std::string("no GPU can be used"));
  return text;
}

std::string torch_cpu_capability() {
  std::string capability = at::get_cpu_capability();
  if (cpu_has_bf16()) capability += "+bf16";
  if (cpu_has_amx()) capability += "+amx";
  if (const char* limit = std::getenv("ONEDNN_MAX_CPU_ISA")) capability += std::string(", oneDNN at most ") + limit;
  return capability;
}

}  // namespace segfold
