#include "segfold/base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "segfold/base/log.h"
#include "segfold/base/utf8.h"

namespace segfold {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBarEvery = std::chrono::milliseconds(100);
constexpr auto kLineEvery = std::chrono::seconds(15);
constexpr std::int64_t kBarWidth = 24;

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::max(seconds, 0.0) + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress(std::string_view label, std::int64_t total, std::string unit, std::int64_t done)
    : label_(printable_text(label)),
      unit_(std::move(unit)),
      total_(total),
      done_(done),
      done_before_(done),
      terminal_(::isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      last_shown_(start_) {}

Progress::~Progress() {
  if (terminal_ && done_ > done_before_ && log_verbosity() != Verbosity::kQuiet) std::fputs("\n", stderr);
}

void Progress::add(std::int64_t step, std::string_view note) {
  const std::scoped_lock lock(mutex_);
  done_ += step;
  if (log_verbosity() == Verbosity::kQuiet) return;
  const auto now = Clock::now();
  const auto wait = terminal_ ? Clock::duration(kBarEvery) : Clock::duration(kLineEvery);
  if (done_ < total_ && now - last_shown_ < wait) return;
  last_shown_ = now;
  show(note);
}

void Progress::show(std::string_view note) {
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_ - done_before_) / seconds : 0;
  const std::string left = done_ < total_ && rate > 0
                               ? fmt::format(", {} left", duration_text(static_cast<double>(total_ - done_) / rate))
                               : fmt::format(", {}", duration_text(seconds));
  const std::string speed = rate < 1000 ? fmt::format("{:.4g}", rate) : fmt::format("{:.0f}", rate);
  const std::string numbers =
      fmt::format("{}/{} {}, {} {}/s{}{}{}", done_, total_, unit_, speed, unit_, left, note.empty() ? "" : ", ", note);
  if (!terminal_) {
    log_info("{}: {}", label_, numbers);
    return;
  }
  const auto filled = total_ > 0 ? kBarWidth * done_ / total_ : kBarWidth;
  // Not fmt::print, which throws when the terminal has gone away.
  const std::string bar =
      fmt::format("\r{} [{:=<{}}{:<{}}] {}\x1b[K", label_, "", filled, "", kBarWidth - filled, numbers);
  std::fwrite(bar.data(), 1, bar.size(), stderr);
  std::fflush(stderr);
}

}  // namespace segfold
