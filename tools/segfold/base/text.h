#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segfold {

/// The candidate nearest to `word` by edit distance (Levenshtein), or "" if none is near enough to be meant.
std::string nearest_name(std::string_view word, std::span<const std::string> candidates);

/// "a, b, c and 4 more": at most `most` items in full.
std::string list_text(std::span<const std::string> items, std::size_t most = 20);

/// "1 sample", "4 samples".
std::string count_text(std::uint64_t count, std::string_view noun);

/// A score as people read it, "0.4832"; "undefined" for NaN, which is what nothing can be counted for.
std::string score_text(double score, int digits = 4);

/// The parts between separators, one more than there are of them: "a,,b," gives "a", "", "b", "".
std::vector<std::string> split_text(std::string_view text, char separator);

}  // namespace segfold
