#include "segfold/base/separate_files.h"

#include <fmt/format.h>

#include <set>

#include "segfold/base/error.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

fs::path resolved(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path.lexically_normal() : real;
}

}  // namespace

void require_separate_files(const std::vector<fs::path>& inputs, const std::vector<fs::path>& outputs) {
  std::set<fs::path> read;
  for (const fs::path& input : inputs) read.insert(resolved(input));
  std::set<fs::path> written;
  for (const fs::path& output : outputs) {
    if (output.empty()) continue;
    if (read.contains(resolved(output))) {
      throw UsageError(fmt::format("{}: is read and would be replaced; name another output", output.string()));
    }
    if (!written.insert(resolved(output)).second) {
      throw UsageError(fmt::format("{}: is named for two outputs; name another file for one", output.string()));
    }
  }
}

}  // namespace segfold
