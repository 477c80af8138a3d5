#include "segfold/data/class_weights.h"

#include <cmath>
#include <numeric>

#include "segfold/base/error.h"

namespace segfold {
namespace {

/// What the formulas need of one class.
struct ClassCount {
  double pixels = 0;     ///< of this class
  double in_images = 0;  ///< labelled pixels of the images in which it occurs
};

std::vector<ClassCount> count_classes(const std::vector<std::vector<std::uint64_t>>& class_pixels) {
  std::vector<ClassCount> counts(class_pixels.empty() ? 0 : class_pixels.front().size());
  for (const auto& image : class_pixels) {
    const auto labelled = static_cast<double>(std::accumulate(image.begin(), image.end(), std::uint64_t{0}));
    for (std::size_t c = 0; c < counts.size(); ++c) {
      counts[c].pixels += static_cast<double>(image[c]);
      if (image[c] > 0) counts[c].in_images += labelled;
    }
  }
  return counts;
}

/// Up to a common factor, which the normalisation takes out again.
double raw_weight(ClassWeighting weighting, const ClassCount& count, double all) {
  const double share = count.pixels / all;
  switch (weighting) {
    case ClassWeighting::kInverse:
      return 1 / share;
    case ClassWeighting::kMedian:
      return count.in_images / count.pixels;
    case ClassWeighting::kEffective:
      if (all < 2) return 1;  // β would be 0
      return 1 / -std::expm1(count.pixels * std::log1p(-1 / all));
    case ClassWeighting::kEnet:
      break;
  }
  return 1 / std::log(1.02 + share);
}

}  // namespace

std::string class_weighting_name(ClassWeighting weighting) {
  switch (weighting) {
    case ClassWeighting::kInverse:
      return "inverse";
    case ClassWeighting::kMedian:
      return "median";
    case ClassWeighting::kEffective:
      return "effective";
    case ClassWeighting::kEnet:
      break;
  }
  return "enet";
}

std::vector<double> class_weights(ClassWeighting weighting,
                                  const std::vector<std::vector<std::uint64_t>>& class_pixels) {
  const std::vector<ClassCount> counts = count_classes(class_pixels);
  double all = 0;
  for (const ClassCount& count : counts) all += count.pixels;
  if (all == 0) throw DataError("class weights: no pixel of the training samples is labelled; give other shards");
  std::vector<double> weights(counts.size(), 1);
  double sum = 0;
  double occurring = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c].pixels == 0) continue;
    weights[c] = raw_weight(weighting, counts[c], all);
    sum += weights[c];
    ++occurring;
  }
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c].pixels > 0) weights[c] *= occurring / sum;
  }
  return weights;
}

}  // namespace segfold
