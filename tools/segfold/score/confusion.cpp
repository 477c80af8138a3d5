#include "segfold/score/confusion.h"

#include <fmt/format.h>

#include <numeric>

#include "segfold/base/error.h"
#include "segfold/base/ignore.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

std::size_t index_of(int classes, int truth, int prediction) {
  if (truth < 0 || truth >= classes || prediction < 0 || prediction >= classes) {
    throw InternalError(
        fmt::format("({}, {}) lies outside a confusion matrix of {} classes", truth, prediction, classes));
  }
  return static_cast<std::size_t>(truth) * static_cast<std::size_t>(classes) + static_cast<std::size_t>(prediction);
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(int classes) : classes_(classes) {
  if (classes < 1 || classes > kMostClasses)
    throw InternalError(fmt::format("a confusion matrix of {} classes", classes));
  counts_.resize(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes));
}

std::uint64_t& ConfusionMatrix::at(int truth, int prediction) { return counts_[index_of(classes_, truth, prediction)]; }

std::uint64_t ConfusionMatrix::at(int truth, int prediction) const {
  return counts_[index_of(classes_, truth, prediction)];
}

void ConfusionMatrix::add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> prediction) {
  if (truth.size() != prediction.size()) {
    throw InternalError(fmt::format("{} pixels of truth against {} predicted", truth.size(), prediction.size()));
  }
  const auto classes = static_cast<std::size_t>(classes_);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == kIgnore) continue;
    if (truth[i] >= classes || prediction[i] >= classes) {
      throw DataError(fmt::format("pixel {}: truth {} and prediction {}, expected ids below {} (or 255 in the truth)",
                                  i, truth[i], prediction[i], classes));
    }
    ++counts_[truth[i] * classes + prediction[i]];
  }
}

ConfusionMatrix& ConfusionMatrix::operator+=(const ConfusionMatrix& other) {
  if (other.classes_ != classes_) {
    throw InternalError(
        fmt::format("confusion matrices of {} and {} classes cannot be added", classes_, other.classes_));
  }
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

std::uint64_t ConfusionMatrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::uint64_t ConfusionMatrix::false_positives(int c) const {
  std::uint64_t column = 0;
  for (int truth = 0; truth < classes_; ++truth) column += at(truth, c);
  return column - at(c, c);
}

std::uint64_t ConfusionMatrix::false_negatives(int c) const {
  std::uint64_t row = 0;
  for (int prediction = 0; prediction < classes_; ++prediction) row += at(c, prediction);
  return row - at(c, c);
}

std::vector<double> ConfusionMatrix::iou() const {
  std::vector<double> scores;
  for (int c = 0; c < classes_; ++c) {
    scores.push_back(ratio(true_positives(c), true_positives(c) + false_positives(c) + false_negatives(c)));
  }
  return scores;
}

double ConfusionMatrix::mean_iou() const { return mean_of_known(iou()); }

double ConfusionMatrix::pixel_accuracy() const {
  std::uint64_t right = 0;
  for (int c = 0; c < classes_; ++c) right += true_positives(c);
  return ratio(right, total());
}

}  // namespace segfold
