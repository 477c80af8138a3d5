#include "segfold/score/object_size.h"

#include <algorithm>
#include <functional>

#include "segfold/score/components.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

std::uint64_t area_of(Size size) { return static_cast<std::uint64_t>(size.area()); }

/// Adds to `sums`, element by element.
void add(std::vector<std::uint64_t>& sums, const std::vector<std::uint64_t>& values) {
  std::ranges::transform(values, sums, sums.begin(), std::plus<>());
}

/// Calls visit(size, run, pixels of the run that bear its id in `other`) for every run of a map.
template <class Visit>
void for_each_run(const Image& map, const Image& other, Size picture, const Visit& visit) {
  const Components components = connected_components(map);
  for (const PixelRun& run : components.runs) {
    const std::uint8_t* pixels = other.pixels.data();
    const auto alike = std::count(pixels + run.begin, pixels + run.end, run.id);
    visit(object_size(components.areas_px[run.component], picture), run, static_cast<std::uint64_t>(alike));
  }
}

}  // namespace

std::vector<double> OverlapCounts::iou() const {
  std::vector<double> scores;
  for (std::size_t c = 0; c < tp.size(); ++c) scores.push_back(ratio(tp[c], tp[c] + fp[c] + fn[c]));
  return scores;
}

OverlapCounts& OverlapCounts::operator+=(const OverlapCounts& other) {
  add(tp, other.tp);
  add(fp, other.fp);
  add(fn, other.fn);
  return *this;
}

std::size_t object_size(std::uint64_t area_px, Size picture) {
  const auto is_reached = [&](std::uint64_t limit) {
    return area_px * area_of(kObjectSizeGrid) >= limit * area_of(picture);
  };
  return static_cast<std::size_t>(std::ranges::count_if(kObjectSizeLimits, is_reached));
}

std::array<OverlapCounts, kObjectSizes> object_size_counts(const ComparedMaps& maps) {
  const std::vector<std::uint64_t> none(static_cast<std::size_t>(maps.classes));
  std::array<OverlapCounts, kObjectSizes> counts;
  counts.fill({none, none, none});
  for_each_run(maps.truth, maps.prediction, maps.size, [&](std::size_t size, const PixelRun& run, std::uint64_t alike) {
    counts[size].tp[run.id] += alike;
    counts[size].fn[run.id] += run.length() - alike;
  });
  for_each_run(maps.prediction, maps.truth, maps.size, [&](std::size_t size, const PixelRun& run, std::uint64_t alike) {
    counts[size].fp[run.id] += run.length() - alike;
  });
  return counts;
}

}  // namespace segfold
