#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segfold/nn/precision.h"
#include "segfold/train/resolution.h"

namespace segfold {

struct EvalFoldOptions {
  std::filesystem::path model;
  std::vector<std::filesystem::path> shards;
  std::filesystem::path output;  ///< metrics.json
  std::filesystem::path folds;   ///< with `fold`: only the samples held out
  std::optional<int> fold;
  std::filesystem::path predictions;  ///< folder for label-id PNGs; may be empty
  std::vector<double> occlusion;      ///< shares of the photo to cover; then `output` is an occlusion curve instead
  Resolution resolution = Resolution::kLabels;
  std::string device = "auto";
  PrecisionChoice precision = PrecisionChoice::kAuto;  ///< kAuto = the one it was trained with
  bool dry_run = false;                                ///< only see whether the output is what this makes
  int threads = 0;

  void check() const;
};

/// Scores a model on the samples of the shards, or on those that a fold holds out: metrics.json, and label-id PNGs for
/// the benchmark server where asked for. With `occlusion`: its scores under growing occlusion, occlusion.json.
void eval_fold(const EvalFoldOptions& options);

}  // namespace segfold
