#include "segfold/cli/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <string>
#include <system_error>

namespace segfold::cli {
namespace {

/// How libraries say that they got no memory: LibTorch twice, CUDA, the standard library by LibTorch, oneDNN.
constexpr std::array<std::string_view, 6> kOutOfMemory{
    "can't allocate memory",        "not enough memory",        "out of memory", "std::bad_alloc",
    "could not create a primitive", "could not create a memory"};

Error out_of_memory(const std::string& said) {
  return {ExitCode::kOutOfMemory,
          fmt::format("out of memory{}; use smaller sizes, a smaller batch or fewer threads", said)};
}

}  // namespace

Error failure_of(const std::exception& exception) {
  if (const auto* error = dynamic_cast<const Error*>(&exception)) return *error;
  if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) return out_of_memory("");
  const auto* system = dynamic_cast<const std::system_error*>(&exception);
  if (system != nullptr && system->code() == std::errc::resource_unavailable_try_again) {
    return {ExitCode::kOutOfMemory,
            "no further thread could be started; use fewer --threads, or raise the limit of processes (ulimit -u, "
            "pids.max of the control group)"};
  }
  const std::string text = exception.what();
  const std::string line = text.substr(0, text.find('\n'));  // the first line says what matters
  if (std::ranges::any_of(kOutOfMemory, [&](std::string_view said) { return text.find(said) != std::string::npos; })) {
    return out_of_memory(fmt::format(" ({})", line));
  }
  return InternalError(fmt::format("this is a bug, please report it: {}", line));
}

}  // namespace segfold::cli
