#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace segfold {

/// How much a tool says on stderr. Errors are always said.
enum class Verbosity { kQuiet, kNormal, kVerbose };

/// Set once at the start of a tool. `tool` stands in front of every message. Names in messages may come from anywhere:
/// control characters but ends of lines are replaced, so that none reaches a terminal.
void configure_log(std::string_view tool, Verbosity wanted);
Verbosity log_verbosity();

void log_line(Verbosity least, std::string_view kind, std::string_view message);

/// What a user should notice although the tool goes on; silent with -q.
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_line(Verbosity::kNormal, "warning: ", fmt::format(format, std::forward<Args>(args)...));
}

/// What the tool does; silent with -q.
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_line(Verbosity::kNormal, "", fmt::format(format, std::forward<Args>(args)...));
}

/// Details, shown with -v only.
template <class... Args>
void log_detail(fmt::format_string<Args...> format, Args&&... args) {
  log_line(Verbosity::kVerbose, "", fmt::format(format, std::forward<Args>(args)...));
}

/// "train-fold: error: …"; also with -q.
void log_error(std::string_view message);

}  // namespace segfold
