#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "segfold/data/history.h"
#include "segfold/data/shard.h"
#include "segfold/nn/device.h"
#include "segfold/nn/model_file.h"
#include "segfold/nn/start_weights.h"
#include "segfold/train/training_options.h"
#include "segfold/train/training_state.h"

namespace segfold {

/// What is trained and scored on. Shard sets must outlive the trainer.
struct TrainingData {
  const ShardSet& shards;
  std::vector<std::int64_t> train;        ///< samples of `shards`
  std::vector<std::int64_t> held_out;     ///< likewise; empty where every sample is trained on
  const ShardSet* official = nullptr;     ///< official validation split, or none
  int fold = 0;                           ///< for random keys
  std::vector<double> class_weights;      ///< of the loss; empty for none
  const StartWeights* init = nullptr;     ///< what the training begins with instead of random weights
  const StartWeights* encoder = nullptr;  ///< likewise, for the encoder alone
};

struct TrainingResult {
  StateDict weights;  ///< of the last epoch, averaged where that was asked for
  int epochs = 0;
  std::vector<HistoryRow> history;
  int best_epoch = 0;  ///< 0 where nothing was held out
};

/// The machine's part: nothing here may show in the results, except `device`, `threads` and `precision`, which
/// are recorded.
struct TrainingRun {
  const Device& device;
  Precision precision = Precision::kFp32;
  int threads = 1;
  int workers = 1;
  std::optional<int> stop_after_epoch;
  const StateFolder& state;
  /// Tells this training from others at work beside it, in what is said of it: "unet fold 0".
  std::string name;
  /// Receives the weights of each epoch whose low-resolution mIoU is the best so far.
  std::function<void(const StateDict& weights, int epoch)> on_best;
  /// Receives the finished training. What it throws, such as a full disk, leaves after the state was saved: the next
  /// start has only this to do again.
  std::function<void(const TrainingResult& result)> on_done;
};

/// Trains from scratch, or goes on where the saved state stands.
/// @throws InterruptedError after a signal or `stop_after_epoch`, the state saved; DataError if the loss is not finite.
TrainingResult train(const TrainingOptions& options, const TrainingData& data, const TrainingRun& run);

}  // namespace segfold
