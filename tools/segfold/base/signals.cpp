#include "segfold/base/signals.h"

#include <csignal>

namespace segfold {
namespace {

volatile std::sig_atomic_t stop_flag = 0;
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

void install(void (*handler)(int), int flags) {
  struct sigaction action{};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = flags;
  for (const int number : kSignals) sigaction(number, &action, nullptr);
}

void on_signal(int) { stop_flag = 1; }

}  // namespace

SignalGuard::SignalGuard() {
  stop_flag = 0;
  // SA_RESETHAND: the second signal finds the default action, so an impatient user is never locked out.
  install(on_signal, static_cast<int>(SA_RESETHAND | SA_RESTART));
}

SignalGuard::~SignalGuard() { install(SIG_DFL, 0); }

bool stop_requested() { return stop_flag != 0; }

}  // namespace segfold
