#include "segfold/stages/fold_samples.h"

#include <fmt/format.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/base/text.h"

namespace segfold {

void require_fold(const Folds& folds, int fold, const std::filesystem::path& path) {
  if (fold < 0 || fold >= folds.count())
    throw UsageError(fmt::format("--fold {}: {} has folds 0 to {}", fold, path.string(), folds.count() - 1));
}

std::vector<std::int64_t> samples_held_out(const ShardSet& shards, const Folds& folds, int fold,
                                           const std::filesystem::path& path) {
  require_fold(folds, fold, path);
  std::vector<std::int64_t> samples;
  for (const std::string& name : folds.held_out[static_cast<std::size_t>(fold)]) {
    const auto sample = shards.find(name);
    if (!sample)
      throw DataError(fmt::format("{}: sample '{}' is in none of the shards; give the shards it was split from",
                                  path.string(), name));
    samples.push_back(*sample);
  }
  return samples;
}

void require_labelled(const ShardSet& shards, const std::vector<std::int64_t>& samples, const std::string& what) {
  std::vector<std::string> names;
  for (const std::int64_t sample : samples) {
    if (std::ranges::any_of(shards.class_pixels(sample), [](std::uint64_t pixels) { return pixels > 0; })) return;
    names.push_back(shards.name(sample));
  }
  throw DataError(fmt::format(
      "{} has no labelled pixel ({}); split into fewer folds or by another strategy, or leave these samples "
      "out",
      what, names.empty() ? "no sample" : list_text(names, 3)));
}

}  // namespace segfold
