#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace segfold {

/// Exit codes of every tool (BSD sysexits, documented in README.md).
enum class ExitCode : int {
  kDone = 0,
  kUsage = 64,
  kData = 65,
  kNotFound = 66,
  kInternal = 70,
  kOutOfMemory = 71,
  kCannotCreate = 73,
  kIo = 74,
  kInterrupted = 75,
  kPermission = 77,
};

/// An error that a user can read and act on: one sentence that names the file, the place, the value and the remedy.
/// Thrown where the fault is known, given context as it climbs, mapped once to an exit code in cli::tool_main.
class Error : public std::exception {
 public:
  Error(ExitCode code, std::string message) : code_(code), message_(std::move(message)) {}

  const char* what() const noexcept override { return message_.c_str(); }
  ExitCode code() const noexcept { return code_; }

  /// Puts "context: " before the message.
  void add_context(std::string_view context) { message_ = std::string(context) + ": " + message_; }

 private:
  ExitCode code_;
  std::string message_;
};

// NOLINTBEGIN(cppcoreguidelines-macro-usage,bugprone-macro-parentheses): only a macro can name a class
#define SEGFOLD_DEFINE_ERROR(Name, code)                                    \
  class Name : public Error {                                               \
   public:                                                                  \
    explicit Name(std::string message) : Error(code, std::move(message)) {} \
  }
// NOLINTEND(cppcoreguidelines-macro-usage,bugprone-macro-parentheses)

SEGFOLD_DEFINE_ERROR(UsageError, ExitCode::kUsage);                // wrong option or value
SEGFOLD_DEFINE_ERROR(DataError, ExitCode::kData);                  // content is wrong or damaged
SEGFOLD_DEFINE_ERROR(NotFoundError, ExitCode::kNotFound);          // missing, or another kind of thing
SEGFOLD_DEFINE_ERROR(InternalError, ExitCode::kInternal);          // a bug of ours
SEGFOLD_DEFINE_ERROR(CannotCreateError, ExitCode::kCannotCreate);  // an output cannot be created
SEGFOLD_DEFINE_ERROR(IoError, ExitCode::kIo);                      // reading or writing failed, disk full
SEGFOLD_DEFINE_ERROR(InterruptedError, ExitCode::kInterrupted);    // stopped by a signal, state saved
SEGFOLD_DEFINE_ERROR(PermissionError, ExitCode::kPermission);      // not allowed

#undef SEGFOLD_DEFINE_ERROR

/// Runs `action`; an Error that leaves it carries "context: " in front.
template <class Action>
decltype(auto) with_context(std::string_view context, Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (Error& error) {
    error.add_context(context);
    throw;
  }
}

}  // namespace segfold
