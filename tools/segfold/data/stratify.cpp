#include "segfold/data/stratify.h"

#include <algorithm>

namespace segfold {
namespace {

using Shares = std::vector<double>;  // [C] parts of each class's pixels, 0–1

constexpr int kMostPasses = 20;
// Each pass looks at every pair once; beyond this many pairs greedy placing alone is even enough.
constexpr std::size_t kMostPairs = 20'000'000;
constexpr double kLeastGain = 1e-12;  // so that rounding cannot make swaps go round in circles

std::vector<Shares> shares_of(const std::vector<std::vector<std::uint64_t>>& class_pixels) {
  const std::size_t classes = class_pixels.front().size();
  std::vector<std::uint64_t> totals(classes, 0);
  for (const auto& pixels : class_pixels) {
    for (std::size_t c = 0; c < classes; ++c) totals[c] += pixels[c];
  }
  std::vector<Shares> shares;
  for (const auto& pixels : class_pixels) {
    Shares row(classes, 0.0);
    for (std::size_t c = 0; c < classes; ++c) {
      if (totals[c] > 0) row[c] = static_cast<double>(pixels[c]) / static_cast<double>(totals[c]);
    }
    shares.push_back(std::move(row));
  }
  return shares;
}

/// The folds while they fill; what is minimised is Σ over folds and classes of (share − share by size)².
class Filling {
 public:
  Filling(const std::vector<Shares>& shares, const std::vector<std::size_t>& sizes)
      : shares_(shares), free_(sizes), excess_(sizes.size(), Shares(shares.front().size())), folds_(shares.size(), -1) {
    for (std::size_t fold = 0; fold < sizes.size(); ++fold) {
      const double target = static_cast<double>(sizes[fold]) / static_cast<double>(shares.size());
      std::ranges::fill(excess_[fold], -target);
    }
  }

  /// Puts a sample where it raises the sum of squares least.
  void place(std::size_t sample) {
    std::size_t best = free_.size();
    double least = 0;
    for (std::size_t fold = 0; fold < free_.size(); ++fold) {
      if (free_[fold] == 0) continue;
      double cost = 0;
      for (std::size_t c = 0; c < shares_[sample].size(); ++c) cost += shares_[sample][c] * excess_[fold][c];
      if (best == free_.size() || cost < least) {
        best = fold;
        least = cost;
      }
    }
    --free_[best];
    folds_[sample] = static_cast<int>(best);
    for (std::size_t c = 0; c < shares_[sample].size(); ++c) excess_[best][c] += shares_[sample][c];
  }

  /// Swaps every pair of samples whose exchange lowers the sum of squares. @return whether one did.
  bool swap_pairs() {
    bool swapped = false;
    for (std::size_t a = 0; a < folds_.size(); ++a) {
      for (std::size_t b = a + 1; b < folds_.size(); ++b) {
        if (folds_[a] != folds_[b] && gain_of_swap(a, b) > kLeastGain) {
          swap(a, b);
          swapped = true;
        }
      }
    }
    return swapped;
  }

  std::vector<int> folds() && { return std::move(folds_); }

 private:
  Shares& excess_at(std::size_t sample) { return excess_[static_cast<std::size_t>(folds_[sample])]; }

  double gain_of_swap(std::size_t a, std::size_t b) {
    const Shares& in_a = excess_at(a);
    const Shares& in_b = excess_at(b);
    double gain = 0;
    for (std::size_t c = 0; c < in_a.size(); ++c) {
      const double moved = shares_[a][c] - shares_[b][c];
      gain += 2 * moved * (in_a[c] - in_b[c] - moved);
    }
    return gain;
  }

  void swap(std::size_t a, std::size_t b) {
    Shares& in_a = excess_at(a);
    Shares& in_b = excess_at(b);
    for (std::size_t c = 0; c < in_a.size(); ++c) {
      const double moved = shares_[a][c] - shares_[b][c];
      in_a[c] -= moved;
      in_b[c] += moved;
    }
    std::swap(folds_[a], folds_[b]);
  }

  const std::vector<Shares>& shares_;
  std::vector<std::size_t> free_;
  std::vector<Shares> excess_;  // [k][C] share held minus share due
  std::vector<int> folds_;
};

}  // namespace

std::vector<int> stratify(const std::vector<std::vector<std::uint64_t>>& class_pixels,
                          const std::vector<std::size_t>& sizes, const std::vector<std::size_t>& order) {
  const std::vector<Shares> shares = shares_of(class_pixels);
  const auto weight = [&](std::size_t i) { return *std::ranges::max_element(shares[i]); };
  std::vector<std::size_t> heaviest_first = order;
  std::ranges::stable_sort(heaviest_first, [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  Filling filling(shares, sizes);
  for (const std::size_t sample : heaviest_first) filling.place(sample);
  if (shares.size() * shares.size() / 2 <= kMostPairs) {
    for (int pass = 0; pass < kMostPasses && filling.swap_pairs(); ++pass) {
    }
  }
  return std::move(filling).folds();
}

}  // namespace segfold
