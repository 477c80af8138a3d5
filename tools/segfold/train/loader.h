#pragma once

#include <torch/types.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "segfold/base/ordered_queue.h"
#include "segfold/data/shard.h"
#include "segfold/nn/dropout.h"
#include "segfold/train/transform.h"

namespace segfold {

/// One batch as it leaves the loader, on the CPU.
struct Batch {
  std::vector<std::int64_t> samples;  ///< indices into the ShardSet
  torch::Tensor images;               ///< uint8 [N, h, w, 3] RGB
  torch::Tensor labels;               ///< uint8 [N, h, w] train ids, 255 = ignore
  SampleKeys keys;                    ///< of the samples in this epoch, for Dropout
};

/// The order in which an epoch visits the samples: a function of the key and of the set of samples alone.
std::vector<std::int64_t> epoch_order(std::vector<std::int64_t> samples, const EpochKey& key);

/// Makes the batches of one epoch on worker threads, at most `queue` ahead of the network. Batches, their order and
/// their content do not depend on the number of workers.
class EpochLoader {
 public:
  struct Options {
    int batch_size = 2;
    int workers = 1;
    int queue = 4;                 ///< batches made ahead
    std::int64_t first_batch = 0;  ///< batches before it are left out (resuming)
  };

  /// @param shards,transform  must outlive the loader
  EpochLoader(const ShardSet& shards, std::vector<std::int64_t> order, const TransformOptions& transform, EpochKey key,
              Options options);
  ~EpochLoader();
  EpochLoader(const EpochLoader&) = delete;
  EpochLoader& operator=(const EpochLoader&) = delete;

  /// The next batch; nothing after the last. The last may be shorter.
  /// @throws what a worker met, e.g. DataError for a damaged sample.
  std::optional<Batch> next();

  /// Seconds that next() has waited so far.
  double waited() const { return waited_; }

 private:
  struct Made {
    Batch batch;
    std::exception_ptr error;
  };
  void work();
  Batch make(std::int64_t number, SampleMaker& maker) const;

  const ShardSet& shards_;
  std::vector<std::int64_t> order_;
  const TransformOptions& transform_;
  std::vector<std::int64_t> others_;  // of `order_`, sorted: patches come from any of them
  EpochKey key_;
  Options options_;
  std::int64_t batches_;
  std::int64_t delivered_;
  std::atomic<std::int64_t> next_;
  OrderedQueue<Made> queue_;
  double waited_ = 0;
  std::vector<std::jthread> workers_;
};

/// Batches of `samples` with `batch_size` each, the last one maybe shorter.
std::int64_t batch_count(std::int64_t samples, int batch_size);

}  // namespace segfold
