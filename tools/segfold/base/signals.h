#pragma once

namespace segfold {

/// While alive, SIGINT, SIGTERM and SIGHUP only set a flag that long work looks at between its steps; a second signal
/// of the same kind ends the process as if nothing had been installed. A signal that was ignored before, as nohup makes
/// it, stays ignored. Afterwards everything is as it was. One guard at a time.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
};

/// From now on a file that grows beyond the limit of sizes, or a reader of the output that has gone away, no longer
/// kills the process: the write fails, and is an error where it matters (EFBIG, EPIPE).
void let_writes_fail();

/// Whether a signal has come since the guard was made.
bool stop_requested();

}  // namespace segfold
