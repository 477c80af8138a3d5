#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segfold/base/seal.h"

namespace segfold {

enum class SplitStrategy { kShuffle, kGroup, kStratified };

/// A partition of the samples into k held-out parts.
struct Folds {
  std::uint64_t seed = 0;
  SplitStrategy strategy = SplitStrategy::kShuffle;
  std::vector<std::vector<std::string>> held_out;  ///< [k] names, each list sorted
  std::string digest;                              ///< over k, seed, strategy and the sorted names of each fold

  int count() const { return static_cast<int>(held_out.size()); }
};

/// What the strategies look at.
struct SplitSample {
  std::string name;
  std::string group;
  std::vector<std::uint64_t> class_pixels;
};

/// Splits samples into k folds; the result depends on the set of samples, never on their order.
///  kShuffle     shuffled with the seed, sizes differ by at most one
///  kGroup       all samples of a group in one fold, sizes as even as greedy placing makes them
///  kStratified  sizes differ by at most one, class-pixel shares as even as greedy placing and swaps make them
/// @throws UsageError if k < 2, k exceeds the number of samples (or of groups); DataError if a name stands twice.
Folds split_samples(std::vector<SplitSample> samples, int k, std::uint64_t seed, SplitStrategy strategy);

/// The fold that training's random keys name where nothing is held out.
inline constexpr int kNoFold = -1;

/// The held-out fold that a person names: a number from 0, or nothing for "all" (train on every sample).
/// @throws UsageError (of --fold) for another word.
std::optional<int> fold_from_text(const std::string& text);

/// "shuffle", "group", "stratified"
std::string split_strategy_name(SplitStrategy strategy);
SplitStrategy split_strategy_from_name(const std::string& name);

/// @param balance  how even the folds are (balance_to_json); for people, no reader needs it
void write_folds(const std::filesystem::path& path, const Folds& folds, const Seal& seal, const Json& balance = {});

/// Reads and checks folds.json: seal, digest, disjoint folds. @throws as read_sealed_json, DataError.
Folds read_folds(const std::filesystem::path& path);
Seal read_folds_seal(const std::filesystem::path& path);

}  // namespace segfold
