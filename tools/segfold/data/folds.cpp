#include "segfold/data/folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>

#include "segfold/base/error.h"
#include "segfold/base/random.h"
#include "segfold/base/sha256.h"
#include "segfold/data/stratify.h"

namespace segfold {
namespace {

constexpr const char* kFormat = "segfold.folds/1";
constexpr const char* kRemedy = "run split-folds again";

using Assignment = std::vector<int>;  // fold of each sample

void sort_and_check(std::vector<SplitSample>& samples, int k) {
  if (k < 2) throw UsageError(fmt::format("{} folds; at least 2 are needed", k));
  if (samples.size() < static_cast<std::size_t>(k)) {
    throw UsageError(fmt::format("{} folds of {} samples; ask for fewer folds", k, samples.size()));
  }
  std::ranges::sort(samples, [](const auto& a, const auto& b) { return a.name < b.name; });
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].name == samples[i - 1].name) {
      throw DataError(fmt::format("sample '{}' stands twice; give every sample once", samples[i].name));
    }
  }
}

/// Sizes of k parts of n that differ by at most one, the larger ones first.
std::vector<std::size_t> even_sizes(std::size_t n, int k) {
  const auto parts = static_cast<std::size_t>(k);
  std::vector<std::size_t> sizes(parts, n / parts);
  for (std::size_t i = 0; i < n % parts; ++i) ++sizes[i];
  return sizes;
}

std::vector<std::size_t> shuffled_order(std::size_t n, std::uint64_t seed) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  RandomStream random(random_key({"folds", seed}));
  shuffle(order, random);
  return order;
}

Assignment split_shuffled(std::size_t n, int k, std::uint64_t seed) {
  const std::vector<std::size_t> order = shuffled_order(n, seed);
  const std::vector<std::size_t> sizes = even_sizes(n, k);
  Assignment folds(n);
  std::size_t next = 0;
  for (std::size_t fold = 0; fold < sizes.size(); ++fold) {
    for (std::size_t i = 0; i < sizes[fold]; ++i) folds[order[next++]] = static_cast<int>(fold);
  }
  return folds;
}

/// The largest group first, each into the fold that is the smallest so far; the seed decides between equal groups.
Assignment split_by_group(const std::vector<SplitSample>& samples, int k, std::uint64_t seed) {
  std::map<std::string, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < samples.size(); ++i) members[samples[i].group].push_back(i);
  if (members.size() < static_cast<std::size_t>(k)) {
    throw UsageError(fmt::format("{} folds of {} groups; ask for fewer folds or another strategy", k, members.size()));
  }
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [name, indices] : members) groups.push_back(std::move(indices));
  RandomStream random(random_key({"folds", seed}));
  shuffle(groups, random);
  std::ranges::stable_sort(groups, [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<std::size_t> sizes(static_cast<std::size_t>(k), 0);
  Assignment folds(samples.size());
  for (const auto& group : groups) {
    const auto smallest = std::ranges::min_element(sizes) - sizes.begin();
    sizes[static_cast<std::size_t>(smallest)] += group.size();
    for (const std::size_t i : group) folds[i] = static_cast<int>(smallest);
  }
  return folds;
}

Assignment split_stratified(const std::vector<SplitSample>& samples, int k, std::uint64_t seed) {
  std::vector<std::vector<std::uint64_t>> class_pixels;
  for (const SplitSample& sample : samples) {
    if (sample.class_pixels.empty() || sample.class_pixels.size() != samples.front().class_pixels.size()) {
      throw InternalError(fmt::format("the class pixels of sample '{}' are missing", sample.name));
    }
    class_pixels.push_back(sample.class_pixels);
  }
  return stratify(class_pixels, even_sizes(samples.size(), k), shuffled_order(samples.size(), seed));
}

Assignment assign(const std::vector<SplitSample>& samples, int k, std::uint64_t seed, SplitStrategy strategy) {
  switch (strategy) {
    case SplitStrategy::kShuffle:
      return split_shuffled(samples.size(), k, seed);
    case SplitStrategy::kGroup:
      return split_by_group(samples, k, seed);
    case SplitStrategy::kStratified:
      return split_stratified(samples, k, seed);
  }
  throw InternalError("an unknown strategy for folds");
}

std::string digest_of(const Folds& folds) {
  const Json content = {{"folds", folds.count()},
                        {"seed", folds.seed},
                        {"strategy", split_strategy_name(folds.strategy)},
                        {"held_out", folds.held_out}};
  return sha256_hex(compact_json(content));
}

void check_partition(const Folds& folds, const std::string& origin) {
  if (folds.count() < 2)
    throw DataError(fmt::format("{}: {} folds, at least 2 are needed; {}", origin, folds.count(), kRemedy));
  std::map<std::string, int> fold_of;
  for (int fold = 0; fold < folds.count(); ++fold) {
    const auto& names = folds.held_out[static_cast<std::size_t>(fold)];
    if (names.empty()) throw DataError(fmt::format("{}: fold {} is empty; {}", origin, fold, kRemedy));
    if (!std::ranges::is_sorted(names)) {
      throw DataError(fmt::format("{}: the names of fold {} are not sorted; {}", origin, fold, kRemedy));
    }
    for (const std::string& name : names) {
      const auto [place, is_new] = fold_of.emplace(name, fold);
      if (is_new) continue;
      throw DataError(fmt::format("{}: sample '{}' stands in fold {} and again in fold {}; {}", origin, name,
                                  place->second, fold, kRemedy));
    }
  }
}

}  // namespace

std::optional<int> fold_from_text(const std::string& text) {
  if (text == "all") return std::nullopt;
  int fold = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), fold);
  if (error != std::errc() || end != text.data() + text.size() || fold < 0) {
    throw UsageError(fmt::format("--fold {}: give a number from 0, or all", text));
  }
  return fold;
}

Folds split_samples(std::vector<SplitSample> samples, int k, std::uint64_t seed, SplitStrategy strategy) {
  sort_and_check(samples, k);
  const Assignment fold_of = assign(samples, k, seed, strategy);
  Folds folds{seed, strategy, std::vector<std::vector<std::string>>(static_cast<std::size_t>(k)), ""};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    folds.held_out[static_cast<std::size_t>(fold_of[i])].push_back(samples[i].name);
  }
  folds.digest = digest_of(folds);
  return folds;
}

std::string split_strategy_name(SplitStrategy strategy) {
  switch (strategy) {
    case SplitStrategy::kShuffle:
      return "shuffle";
    case SplitStrategy::kGroup:
      return "group";
    case SplitStrategy::kStratified:
      return "stratified";
  }
  throw InternalError("an unknown strategy for folds");
}

SplitStrategy split_strategy_from_name(const std::string& name) {
  for (const auto strategy : {SplitStrategy::kShuffle, SplitStrategy::kGroup, SplitStrategy::kStratified}) {
    if (split_strategy_name(strategy) == name) return strategy;
  }
  throw UsageError(fmt::format("unknown strategy '{}'; expected shuffle, group or stratified", name));
}

void write_folds(const std::filesystem::path& path, const Folds& folds, const Seal& seal, const Json& balance) {
  Json document = {{"format", kFormat},          {"folds", folds.count()},
                   {"seed", folds.seed},         {"strategy", split_strategy_name(folds.strategy)},
                   {"held_out", folds.held_out}, {"digest", folds.digest}};
  if (!balance.is_null()) document["balance"] = balance;
  write_sealed_json(path, document, seal);
}

Seal read_folds_seal(const std::filesystem::path& path) { return read_sealed_json(path, kFormat).seal; }

Folds read_folds(const std::filesystem::path& path) {
  const Json document = read_sealed_json(path, kFormat).document;
  const std::string origin = path.string();
  Folds folds;
  folds.seed = json_value<std::uint64_t>(document, "seed", origin);
  const auto strategy = json_value<std::string>(document, "strategy", origin);
  try {
    folds.strategy = split_strategy_from_name(strategy);
  } catch (const UsageError& error) {
    throw DataError(fmt::format("{}: {}; {}", origin, error.what(), kRemedy));
  }
  folds.held_out = json_value<std::vector<std::vector<std::string>>>(document, "held_out", origin);
  folds.digest = json_value<std::string>(document, "digest", origin);
  check_partition(folds, origin);
  if (json_value<std::uint64_t>(document, "folds", origin) != folds.held_out.size()) {
    throw DataError(fmt::format("{}: 'folds' is not the number of lists in 'held_out'; {}", origin, kRemedy));
  }
  if (folds.digest != digest_of(folds)) {
    throw DataError(fmt::format("{}: 'digest' is not that of the folds; {}", origin, kRemedy));
  }
  return folds;
}

}  // namespace segfold
