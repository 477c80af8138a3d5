#include "segfold/base/log.h"

#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <string>

#include "segfold/base/utf8.h"

namespace segfold {
namespace {

// Of the whole process, as stderr is.
std::string log_tool = "segfold";
Verbosity verbosity = Verbosity::kNormal;
std::mutex stderr_mutex;

void put(std::string_view kind, std::string_view message) {
  // On a terminal a progress bar may stand in this line: it is cleared, and redrawn below by its owner.
  const char* clear = ::isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "";
  const std::string line = fmt::format("{}{}: {}{}\n", clear, log_tool, kind, printable_lines(message));
  const std::scoped_lock lock(stderr_mutex);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

void configure_log(std::string_view tool, Verbosity wanted) {
  log_tool = tool;
  verbosity = wanted;
}

Verbosity log_verbosity() { return verbosity; }

void log_line(Verbosity least, std::string_view kind, std::string_view message) {
  if (verbosity >= least) put(kind, message);
}

void log_error(std::string_view message) { put("error: ", message); }

}  // namespace segfold
