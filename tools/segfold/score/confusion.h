#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace segfold {

/// A square matrix of pixel counts: rows = truth, columns = prediction. Integers, so sums over images, shards and
/// folds are exact in any order.
class ConfusionMatrix {
 public:
  ConfusionMatrix() = default;
  explicit ConfusionMatrix(int classes);

  int classes() const { return classes_; }
  std::uint64_t& at(int truth, int prediction);
  std::uint64_t at(int truth, int prediction) const;

  /// Counts pixels; those whose truth is 255 are dropped. @param truth, prediction  train ids, equal lengths.
  /// @throws DataError if an id is neither a class nor (in the truth) 255.
  void add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> prediction);
  /// @throws InternalError if the numbers of classes differ.
  ConfusionMatrix& operator+=(const ConfusionMatrix& other);
  bool operator==(const ConfusionMatrix&) const = default;

  std::uint64_t total() const;
  std::uint64_t true_positives(int c) const { return at(c, c); }
  std::uint64_t false_positives(int c) const;  ///< column − diagonal
  std::uint64_t false_negatives(int c) const;  ///< row − diagonal

  /// Per-class intersection over union, TP / (TP + FP + FN); NaN for a class absent from truth and prediction.
  /// Source: Everingham et al. 2015, "The PASCAL Visual Object Classes Challenge: A Retrospective".
  std::vector<double> iou() const;
  /// Mean of iou() over the classes that are not NaN; NaN if all are.
  double mean_iou() const;
  /// Share of pixels whose prediction is the truth; NaN without pixels.
  double pixel_accuracy() const;

 private:
  int classes_ = 0;
  std::vector<std::uint64_t> counts_;
};

}  // namespace segfold
