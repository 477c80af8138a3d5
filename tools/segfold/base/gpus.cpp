#include "segfold/base/gpus.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/signals.h"
#include "segfold/base/text.h"

namespace segfold {
namespace {

constexpr auto kPollEvery = std::chrono::seconds(1);

/// A list of names separated by commas; empty where the variable is not set or holds nothing.
std::vector<std::string> listed(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? std::vector<std::string>() : split_text(text, ',');
}

std::vector<std::string> granted_by_slurm() {
  const std::vector<std::string> step = listed("SLURM_STEP_GPUS");
  return step.empty() ? listed("SLURM_JOB_GPUS") : step;
}

}  // namespace

GpuGrant gpu_grant() {
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) {
    const bool none = *visible == '\0' || std::string(visible) == "-1" || std::string(visible) == "NoDevFiles";
    return none ? GpuGrant::kNone : GpuGrant::kSome;
  }
  if (!granted_by_slurm().empty()) return GpuGrant::kSome;
  return std::getenv("SLURM_JOB_ID") != nullptr ? GpuGrant::kNone : GpuGrant::kNotSaid;
}

bool has_gpu_device_file() {
  const auto is_gpu = [stem = std::string("nvidia")](const std::filesystem::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    return name.starts_with(stem) && name != stem &&
           name.find_first_not_of("0123456789", stem.size()) == std::string::npos;
  };
  std::error_code error;
  return std::ranges::any_of(std::filesystem::directory_iterator("/dev", error), is_gpu);
}

bool auto_takes_gpu(GpuGrant grant, int usable, bool has_device_file) {
  if (grant == GpuGrant::kNone) return false;
  if (usable > 0) return true;
  if (grant == GpuGrant::kNotSaid && !has_device_file) return false;
  throw NotFoundError(
      "there is a GPU, but this LibTorch cannot use it; check the driver and LibTorch's kind, or choose --device cpu");
}

std::vector<std::string> gpu_names(int count) {
  std::vector<std::string> names = listed("CUDA_VISIBLE_DEVICES");
  const std::vector<std::string> granted = granted_by_slurm();
  if (names.empty() || granted.size() == names.size()) names = granted;
  for (int i = static_cast<int>(names.size()); i < count; ++i) names.push_back(std::to_string(i));
  names.resize(static_cast<std::size_t>(count));
  return names;
}

FileLock try_lock_gpu(const std::string& name, const std::filesystem::path& folder) {
  // The name of a part of a GPU has slashes: MIG-GPU-5f3c/1/0.
  std::string file = "segfold-gpu-" + name + ".lock";
  for (char& letter : file) letter = letter == '/' ? '_' : letter;
  return try_lock_file(folder / file);
}

ClaimedGpu claim_free_gpu(const std::vector<std::string>& names, const std::filesystem::path& folder) {
  for (bool said = false;; std::this_thread::sleep_for(kPollEvery)) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (FileLock lock = try_lock_gpu(names[i], folder)) return {static_cast<int>(i), std::move(lock)};
    }
    if (stop_requested()) throw InterruptedError("stopped while waiting for a GPU; run again");
    if (!said) log_info("all {} GPUs are taken, waiting for one", names.size());
    said = true;
  }
}

}  // namespace segfold
