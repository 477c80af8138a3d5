#include "segfold/stages/shown_samples.h"

#include <fmt/format.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/base/text.h"

namespace segfold {
namespace {

std::string unknown_name_text(const ShardSet& shards, const std::string& name) {
  std::vector<std::string> known;
  for (std::int64_t i = 0; i < shards.size(); ++i) known.push_back(shards.name(i));
  const std::string near = nearest_name(name, known);
  return fmt::format("the shards hold no sample '{}'{}", name,
                     near.empty() ? fmt::format("; the first of {} is '{}'", known.size(), known.front())
                                  : fmt::format(", did you mean '{}'?", near));
}

}  // namespace

std::vector<std::int64_t> choose_samples(const ShardSet& shards, const std::vector<std::string>& names, int count) {
  std::vector<std::int64_t> chosen;
  for (const std::string& name : names) {
    const auto index = shards.find(name);
    if (!index) throw UsageError(unknown_name_text(shards, name));
    chosen.push_back(*index);
  }
  if (!names.empty()) return chosen;
  const std::int64_t shown = std::min<std::int64_t>(count, shards.size());
  // The middle of each of `shown` even parts: neighbours in a sequence look alike.
  for (std::int64_t i = 0; i < shown; ++i) chosen.push_back((2 * i + 1) * shards.size() / (2 * shown));
  return chosen;
}

}  // namespace segfold
