#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segfold/base/file_lock.h"
#include "segfold/base/json.h"
#include "segfold/data/history.h"
#include "segfold/nn/model_file.h"

namespace segfold {

/// Where a training stands within its current epoch, and what it has measured there so far.
struct TrainingPosition {
  int epoch = 1;             ///< in progress, from 1
  std::int64_t batches = 0;  ///< of it that are done
  double loss_sum = 0;
  std::int64_t pixels = 0;
  std::int64_t images = 0;
  double seconds = 0;
  double waited = 0;
};

/// Everything a training needs to go on as if it had never stopped.
struct TrainingState {
  TrainingPosition position;
  Json schedule;
  std::vector<HistoryRow> history;  ///< of the finished epochs
  std::optional<double> best_miou;
  int best_epoch = 0;
  StateDict tensors;  ///< of optimiser and weight average, "buffer.<name>" of the network
};

/// Copies stored tensors into those of the same names. @throws DataError naming `origin` if one is missing or of
/// another shape.
void take_over(const StateDict& targets, const StateDict& stored, const std::string& origin);

/// The private folder of one training: its state, its best weights, and the lock of the process at work. Named by the
/// digest of parameters and inputs, so that a changed hyper-parameter starts afresh elsewhere.
class StateFolder {
 public:
  /// Makes and locks <root>/<first 16 digits of digest>. @param fresh  drops what an earlier run left there
  /// @throws CannotCreateError if another process holds the lock.
  StateFolder(const std::filesystem::path& root, const std::string& digest, bool fresh);

  const std::filesystem::path& path() const { return path_; }
  /// Where the best weights so far lie, whatever form the training's output has: a later start may want another.
  std::filesystem::path best() const { return path_ / "best.safetensors"; }

  /// The best weights so far. @throws DataError, NotFoundError with the remedy if they are damaged or missing.
  TensorFile read_best() const;

  /// What an earlier run saved; nothing if there is none. @throws DataError if it is damaged.
  std::optional<TrainingState> load() const;
  /// Replaces the saved state, whole or not at all.
  void save(const TrainingState& state) const;
  /// Removes the folder, and its parent when that is empty then: the training is finished.
  void remove();

 private:
  std::filesystem::path file() const { return path_ / "state.safetensors"; }

  std::filesystem::path path_;
  FileLock lock_;
};

}  // namespace segfold
