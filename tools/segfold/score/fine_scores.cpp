#include "segfold/score/fine_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "segfold/base/error.h"
#include "segfold/score/statistics.h"

namespace segfold {

FineCounts fine_counts(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> prediction, Size size,
                       int classes) {
  const ComparedMaps maps = compare_maps(truth, prediction, size, classes);
  return {boundary_counts(maps), object_size_counts(maps)};
}

FineScores::FineScores(int classes) : boundary_f_(static_cast<std::size_t>(classes)) {
  const std::vector<std::uint64_t> none(static_cast<std::size_t>(classes));
  by_object_size_.fill({none, none, none});
}

void FineScores::add(const FineCounts& picture) {
  if (picture.boundary.size() != boundary_f_.size()) {
    throw InternalError(
        fmt::format("scores of {} classes cannot take counts of {}", boundary_f_.size(), picture.boundary.size()));
  }
  for (std::size_t c = 0; c < boundary_f_.size(); ++c) {
    const double f = picture.boundary[c].f();
    if (!std::isnan(f)) boundary_f_[c].push_back(f);
  }
  for (std::size_t size = 0; size < kObjectSizes; ++size) by_object_size_[size] += picture.by_object_size[size];
}

std::vector<double> FineScores::boundary_f() const {
  std::vector<double> scores;
  for (std::vector<double> values : boundary_f_) {
    std::ranges::sort(values);  // sums of floating-point numbers depend on their order
    scores.push_back(mean(values));
  }
  return scores;
}

std::array<std::vector<double>, kObjectSizes> FineScores::object_size_iou() const {
  std::array<std::vector<double>, kObjectSizes> scores;
  for (std::size_t size = 0; size < kObjectSizes; ++size) scores[size] = by_object_size_[size].iou();
  return scores;
}

}  // namespace segfold
