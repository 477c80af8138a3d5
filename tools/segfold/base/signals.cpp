#include "segfold/base/signals.h"

#include <array>
#include <csignal>

namespace segfold {
namespace {

volatile std::sig_atomic_t stop_flag = 0;
constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
std::array<struct sigaction, kSignals.size()> actions_before;

void on_signal(int) { stop_flag = 1; }

}  // namespace

SignalGuard::SignalGuard() {
  stop_flag = 0;
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  // SA_RESETHAND: the second signal finds the default action, so an impatient user is never locked out.
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &actions_before[i]);
    if (actions_before[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

SignalGuard::~SignalGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &actions_before[i], nullptr);
}

void let_writes_fail() {
  for (const int signal : {SIGXFSZ, SIGPIPE}) std::signal(signal, SIG_IGN);
}

bool stop_requested() { return stop_flag != 0; }

}  // namespace segfold
