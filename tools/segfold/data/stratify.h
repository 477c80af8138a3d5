#pragma once

#include <cstdint>
#include <vector>

namespace segfold {

/// Places samples into folds of given sizes so that every fold gets its share of every class's pixels, as nearly as
/// greedy placing (the samples that hold most of some class first) and swaps of pairs make it.
/// @param class_pixels  [N][C] pixels
/// @param sizes         of the folds, summing to N
/// @param order         [N] a permutation that decides between equals
/// @return the fold of each sample
std::vector<int> stratify(const std::vector<std::vector<std::uint64_t>>& class_pixels,
                          const std::vector<std::size_t>& sizes, const std::vector<std::size_t>& order);

}  // namespace segfold
