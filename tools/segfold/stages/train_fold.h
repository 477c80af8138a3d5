#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segfold/nn/precision.h"
#include "segfold/train/training_options.h"

namespace segfold {

struct TrainFoldOptions {
  std::vector<std::filesystem::path> shards;      ///< all samples of the folds, labels at the images' size
  std::vector<std::filesystem::path> val_shards;  ///< official validation split; may be empty
  std::filesystem::path folds;
  std::string fold = "0";                 ///< held-out fold, from 0; "all" = hold nothing out
  std::filesystem::path output;           ///< .pth or .safetensors; the best epoch's weights go to <stem>_best<ending>
  std::filesystem::path init;             ///< whole network to begin with; may be empty
  std::filesystem::path encoder_weights;  ///< ResNet-50 to begin with; may be empty
  std::filesystem::path history;          ///< CSV
  std::filesystem::path state;            ///< private folder for what a resumed run needs
  std::string experiment = "experiment";  ///< name in the provenance
  TrainingOptions training;
  std::string device = "auto";
  PrecisionChoice precision = PrecisionChoice::kAuto;
  int workers = 2;                      ///< loader threads
  int threads = 0;                      ///< compute threads; bits depend on it
  bool dry_run = false;                 ///< only see whether the outputs are what this makes (require_made_by)
  bool fresh = false;                   ///< drop a saved state of this very run
  std::optional<int> stop_after_epoch;  ///< save and end with 75 after it

  void check() const;
};

/// Trains one fold: weights of the last epoch, weights of the best low-resolution mIoU, history. A run that was stopped
/// goes on by itself.
void train_fold(const TrainFoldOptions& given);

/// Where the best epoch's weights go: "dir/x.pth" → "dir/x_best.pth".
std::filesystem::path best_path(const std::filesystem::path& output);

}  // namespace segfold
