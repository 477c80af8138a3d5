#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "segfold/data/shard.h"
#include "segfold/nn/device.h"
#include "segfold/nn/model.h"
#include "segfold/nn/model_file.h"
#include "segfold/score/confusion.h"
#include "segfold/score/metrics.h"
#include "segfold/score/resolution.h"

namespace segfold {

struct Evaluation {
  ConfusionMatrix confusion;           ///< over all samples, exact
  std::vector<ImageCounts> per_image;  ///< in the order of the samples given
  double loss_sum = 0;                 ///< cross-entropy at the input size, summed over counting pixels (if asked for)
  std::int64_t pixels = 0;
  double mean_loss() const { return pixels > 0 ? loss_sum / static_cast<double>(pixels) : 0.0; }
};

struct EvaluationOptions {
  Resolution resolution = Resolution::kLabels;
  Normalisation normalisation;
  int threads = 1;
  bool with_counts = true;                                 ///< confusion and per_image
  bool with_loss = false;                                  ///< needs labels at the input size
  std::function<void(const std::string& name)> on_sample;  ///< called after each, for progress; may throw to stop
  /// Receives the predicted train ids at the comparison's size.
  std::function<void(std::int64_t sample, Size size, const std::vector<std::uint8_t>& prediction)> on_prediction;
};

/// Scores a network on samples, one image per forward pass so that nothing depends on a batch. The network is in
/// evaluation mode meanwhile and as before afterwards.
Evaluation evaluate(SegmentationModelImpl& model, const Device& device, const ShardSet& shards,
                    const std::vector<std::int64_t>& samples, const EvaluationOptions& options);

}  // namespace segfold
