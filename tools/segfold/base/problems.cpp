#include "segfold/base/problems.h"

#include <fmt/format.h>

#include <algorithm>

namespace segfold {

void Problems::throw_if_any(const std::string& consequence) const {
  if (found_.empty()) return;
  if (found_.size() == 1) throw Error(found_.front());
  const ExitCode code = found_.front().code();
  const bool alike = std::ranges::all_of(found_, [&](const Error& problem) { return problem.code() == code; });
  std::string text = fmt::format("{} problems, {}:", found_.size(), consequence);
  for (const Error& problem : found_) text += fmt::format("\n  {}", problem.what());
  throw Error(alike ? code : ExitCode::kData, text);
}

}  // namespace segfold
