#include "segfold/base/outputs.h"

#include <fmt/format.h>

#include <set>

#include "segfold/base/error.h"
#include "segfold/base/file.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

fs::path resolved(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path.lexically_normal() : real;
}

}  // namespace

void prepare_outputs(const std::vector<fs::path>& inputs, const std::vector<fs::path>& outputs) {
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
  for (const fs::path& output : outputs) {
    if (output.empty()) continue;
    const AtomicFile probe(output);
    std::error_code ignored;
    for (const fs::path& abandoned : abandoned_temporaries(output)) fs::remove(abandoned, ignored);
  }
}

}  // namespace segfold
