#include "segfold/score/grouped_counts.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "segfold/score/statistics.h"

namespace segfold {
namespace {

bool has_truth(const ImageCounts& image) {
  for (std::size_t c = 0; c < image.tp.size(); ++c) {
    if (image.tp[c] + image.fn[c] > 0) return true;
  }
  return false;
}

}  // namespace

ClassCounts& ClassCounts::operator+=(const ClassCounts& other) {
  for (std::size_t c = 0; c < tp.size(); ++c) {
    tp[c] += other.tp[c];
    seen[c] += other.seen[c];
  }
  return *this;
}

double ClassCounts::mean_iou() const {
  double sum = 0;
  int count = 0;
  for (std::size_t c = 0; c < tp.size(); ++c) {
    const double iou = ratio(tp[c], seen[c]);
    if (std::isnan(iou)) continue;
    sum += iou;
    ++count;
  }
  return ratio(sum, count);
}

std::vector<std::string> scored_groups(const std::vector<ImageCounts>& images) {
  std::set<std::string> names;
  for (const ImageCounts& image : images) {
    if (has_truth(image)) names.insert(image.group);
  }
  return {names.begin(), names.end()};
}

GroupedCounts group_counts(const std::vector<ImageCounts>& images, const std::vector<std::string>& groups) {
  GroupedCounts sums(groups.size(), ClassCounts(images.empty() ? 0 : images.front().tp.size()));
  for (const ImageCounts& image : images) {
    const auto place = std::ranges::lower_bound(groups, image.group);
    if (place == groups.end() || *place != image.group) continue;
    ClassCounts& sum = sums[static_cast<std::size_t>(place - groups.begin())];
    for (std::size_t c = 0; c < image.tp.size(); ++c) {
      sum.tp[c] += image.tp[c];
      sum.seen[c] += image.tp[c] + image.fp[c] + image.fn[c];
    }
  }
  return sums;
}

ClassCounts pooled(const GroupedCounts& groups, std::span<const std::uint32_t> times) {
  ClassCounts sum(groups.empty() ? 0 : groups.front().tp.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (times[g] == 0) continue;
    for (std::size_t c = 0; c < sum.tp.size(); ++c) {
      sum.tp[c] += times[g] * groups[g].tp[c];
      sum.seen[c] += times[g] * groups[g].seen[c];
    }
  }
  return sum;
}

}  // namespace segfold
