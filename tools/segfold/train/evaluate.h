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
#include "segfold/train/loss.h"
#include "segfold/train/resolution.h"

namespace segfold {

struct Evaluation {
  ConfusionMatrix confusion;           ///< over all samples, exact
  std::vector<ImageCounts> per_image;  ///< in the order of the samples given
  std::vector<ImageCounts> visible;    ///< likewise over the pixels that are not occluded; empty without occlusion
  std::optional<double> loss;          ///< of all samples' pixels together, at the input size, where asked for
};

struct EvaluationOptions {
  Resolution resolution = Resolution::kLabels;
  Normalisation normalisation;
  int threads = 1;
  bool with_counts = true;                 ///< confusion and per_image
  bool with_fine_scores = false;           ///< boundaries and objects by size, too
  double occluded = 0;                     ///< share of every photo that is covered (nested_occlusion.h)
  const SegmentationLoss* loss = nullptr;  ///< to compute; needs labels at the input size
  std::function<void(const std::string& name)> on_sample;  ///< called after each, for progress; may throw to stop
  /// Receives the predicted train ids at the comparison's size.
  std::function<void(std::int64_t sample, Size size, const std::vector<std::uint8_t>& prediction)> on_prediction;
};

/// Scores a network on samples, one image per forward pass so that nothing depends on a batch. The network is in
/// evaluation mode meanwhile and as before afterwards.
Evaluation evaluate(SegmentationModelImpl& model, const Device& device, const ShardSet& shards,
                    const std::vector<std::int64_t>& samples, const EvaluationOptions& options);

}  // namespace segfold
