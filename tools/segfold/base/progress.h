#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace segfold {

/// Progress on stderr with rate and remaining time: a bar redrawn in place on a terminal, a plain line now and then
/// elsewhere, nothing with -q. Calls from several threads are safe.
class Progress {
 public:
  /// @param label  what is being done, e.g. "preprocess train"
  /// @param unit   what is counted, e.g. "images"
  /// @param done   how many were done by an earlier run; they count as done, not for the rate
  Progress(std::string_view label, std::int64_t total, std::string unit, std::int64_t done = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Counts `step` more as done. `note` is shown after the numbers, e.g. "loss 0.53".
  void add(std::int64_t step, std::string_view note = {});

 private:
  void show(std::string_view note);

  std::mutex mutex_;
  std::string label_;
  std::string unit_;
  std::int64_t total_;
  std::int64_t done_;
  std::int64_t done_before_;
  bool terminal_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_shown_;
};

/// "45 s", "3 min 20 s", "2 h 5 min".
std::string duration_text(double seconds);

}  // namespace segfold
