#include "segfold/train/trainer.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>

#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/progress.h"
#include "segfold/base/signals.h"
#include "segfold/base/text.h"
#include "segfold/nn/init.h"
#include "segfold/train/evaluate.h"
#include "segfold/train/loader.h"
#include "segfold/train/optimizer.h"
#include "segfold/train/schedule.h"
#include "segfold/train/train_step.h"

namespace segfold {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kSaveAtEpochEndAfter = 60;  // seconds since the last save
constexpr double kSaveWithinEpochAfter = 300;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string number_text(const std::optional<double>& value) { return value ? fmt::format("{:.4f}", *value) : "–"; }

/// The state of a training and the steps that carry it forward.
class Trainer {
 public:
  Trainer(const TrainingOptions& options, const TrainingData& data, const TrainingRun& run)
      : options_(options),
        data_(data),
        run_(run),
        model_(start_model()),
        optimizer_(*model_, options.adam, start_weights_),
        schedule_(options.lr, options.plateau),
        step_(*model_, optimizer_, run.device, Normalisation{}),
        last_saved_(Clock::now()) {
    start_weights_.clear();
    if (auto saved = run_.state.load()) restore(std::move(*saved));
  }

  TrainingResult run() {
    Progress progress("training", options_.epochs * images_per_epoch(), "images", images_done());
    while (position_.epoch <= options_.epochs) {
      train_epoch(progress);
      finish_epoch();
      if (run_.stop_after_epoch && history_.back().epoch >= *run_.stop_after_epoch) interrupt();
      if (seconds_since(last_saved_) > kSaveAtEpochEndAfter) save();
    }
    return {weights(), std::move(history_), best_epoch_};
  }

 private:
  std::int64_t images_per_epoch() const { return static_cast<std::int64_t>(data_.train.size()); }
  std::int64_t images_done() const { return (position_.epoch - 1) * images_per_epoch() + position_.images; }
  bool is_due(int every) const { return position_.epoch % every == 0 || position_.epoch == options_.epochs; }
  StateDict weights() const { return state_dict(*model_, optimizer_.masters()); }

  SegmentationModel start_model() {
    SegmentationModel model = make_model(options_.model);
    initialise(*model, options_.seed, data_.fold);
    start_weights_ = state_dict(*model);
    prepare_module(*model, run_.device, run_.precision);
    return model;
  }

  void train_epoch(Progress& progress) {
    const EpochKey key{options_.seed, data_.fold, position_.epoch};
    const EpochLoader::Options loading{options_.batch_size, run_.workers, 2 * run_.workers + 2, position_.batches};
    EpochLoader loader(data_.shards, epoch_order(data_.train, key), options_.augment, key, loading);
    const double waited_before = position_.waited;
    auto start = Clock::now();
    while (auto batch = loader.next()) {
      const StepResult result = step_.run(*batch, schedule_.lr());
      require_finite(result, *batch);
      position_.loss_sum += result.loss_sum;
      position_.pixels += result.pixels;
      position_.images += static_cast<std::int64_t>(batch->samples.size());
      ++position_.batches;
      position_.seconds += seconds_since(start);
      start = Clock::now();
      position_.waited = waited_before + loader.waited();
      progress.add(static_cast<std::int64_t>(batch->samples.size()), progress_note(result));
      stop_if_asked();
      if (seconds_since(last_saved_) > kSaveWithinEpochAfter) save();
    }
  }

  std::string progress_note(const StepResult& result) const {
    return fmt::format("epoch {}/{}, loss {:.4f}, {:.1f} % waiting for data", position_.epoch, options_.epochs,
                       result.mean(), 100 * position_.waited / std::max(position_.seconds, 1e-9));
  }

  void require_finite(const StepResult& result, const Batch& batch) const {
    if (std::isfinite(result.loss_sum)) return;
    std::vector<std::string> names;
    for (const std::int64_t sample : batch.samples) names.push_back(data_.shards.name(sample));
    throw DataError(
        fmt::format("the loss is {} in epoch {}, step {} (samples {}); lower --lr or choose --precision fp32",
                    result.loss_sum, position_.epoch, position_.batches + 1, list_text(names)));
  }

  /// Scores the epoch, then moves to the next; nothing in between can be interrupted half-way.
  void finish_epoch() {
    const auto start = Clock::now();
    HistoryRow row;
    row.epoch = position_.epoch;
    row.lr = schedule_.lr();
    row.train_loss = position_.pixels > 0 ? position_.loss_sum / static_cast<double>(position_.pixels) : 0;
    row.images_per_second = position_.seconds > 0 ? static_cast<double>(position_.images) / position_.seconds : 0;
    row.data_wait = position_.seconds > 0 ? position_.waited / position_.seconds : 0;
    score(row);
    row.seconds = position_.seconds + seconds_since(start);
    if (options_.schedule == ScheduleKind::kPlateau && row.val_loss) schedule_.step(*row.val_loss);
    keep_best(row);
    log_info("epoch {}/{}: loss {:.4f}, held-out loss {}, low-res mIoU {}, full-res mIoU {}, lr {:.3g}, {}", row.epoch,
             options_.epochs, row.train_loss, number_text(row.val_loss), number_text(row.lowres_miou),
             number_text(row.fullres_miou), row.lr, duration_text(row.seconds));
    history_.push_back(row);
    position_ = {.epoch = row.epoch + 1};
  }

  void score(HistoryRow& row) {
    EvaluationOptions options;
    options.threads = run_.threads;
    options.on_sample = [this](const std::string&) { stop_if_asked(); };
    if (!data_.held_out.empty()) {
      options.resolution = Resolution::kInput;
      options.with_loss = true;
      options.with_counts = is_due(options_.low_res_every);
      const Evaluation held_out = evaluate(*model_, run_.device, data_.shards, data_.held_out, options);
      row.val_loss = held_out.mean_loss();
      if (!std::isfinite(*row.val_loss)) {
        throw DataError(fmt::format("the held-out loss is {} after epoch {}; lower --lr or choose --precision fp32",
                                    *row.val_loss, position_.epoch));
      }
      if (options.with_counts) row.lowres_miou = held_out.confusion.mean_iou();
    }
    if (data_.official != nullptr && is_due(options_.full_res_every)) {
      options.resolution = Resolution::kLabels;
      options.with_loss = false;
      options.with_counts = true;
      std::vector<std::int64_t> all(static_cast<std::size_t>(data_.official->size()));
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
      row.fullres_miou = evaluate(*model_, run_.device, *data_.official, all, options).confusion.mean_iou();
    }
  }

  void keep_best(const HistoryRow& row) {
    if (!row.lowres_miou || std::isnan(*row.lowres_miou) || (best_miou_ && !(*row.lowres_miou > *best_miou_))) return;
    best_miou_ = row.lowres_miou;
    best_epoch_ = row.epoch;
    if (run_.on_best) run_.on_best(weights(), row.epoch);
  }

  void stop_if_asked() {
    if (stop_requested()) interrupt();
  }

  [[noreturn]] void interrupt() {
    save();
    if (position_.epoch > options_.epochs) {
      throw InterruptedError(
          fmt::format("stopped after the last epoch; the state is saved in {}, the same command ends the work",
                      run_.state.path().string()));
    }
    throw InterruptedError(fmt::format(
        "stopped in epoch {} of {} after {} steps of it; the state is saved in {}, the same command goes on from there",
        position_.epoch, options_.epochs, position_.batches, run_.state.path().string()));
  }

  void save() {
    TrainingState state{position_,  schedule_.state(), optimizer_.steps(), history_,
                        best_miou_, best_epoch_,       optimizer_.state()};
    for (const auto& item : model_->named_buffers()) state.tensors.emplace_back("buffer." + item.key(), item.value());
    run_.state.save(state);
    last_saved_ = Clock::now();
    log_detail("state saved in {}", run_.state.path().string());
  }

  void restore(TrainingState state) {
    const torch::NoGradGuard no_grad;
    const std::string origin = run_.state.path().string();
    if (run_.on_best && state.best_epoch > 0 && !std::filesystem::exists(run_.state.best())) {
      throw DataError(
          fmt::format("{}: is missing beside the saved state; start again with --fresh", run_.state.best().string()));
    }
    optimizer_.restore(state.tensors, state.optimizer_steps, origin);
    std::map<std::string, torch::Tensor> values(state.tensors.begin(), state.tensors.end());
    for (auto& item : model_->named_buffers()) {
      const auto found = values.find("buffer." + item.key());
      if (found == values.end())
        throw DataError(fmt::format("{}: buffer {} is missing; start again with --fresh", origin, item.key()));
      item.value().copy_(found->second);
    }
    schedule_.restore(state.schedule, origin);
    position_ = state.position;
    history_ = std::move(state.history);
    best_miou_ = state.best_miou;
    best_epoch_ = state.best_epoch;
    log_info("going on from the saved state: epoch {} of {}, {} steps of it done", position_.epoch, options_.epochs,
             position_.batches);
  }

  const TrainingOptions& options_;
  const TrainingData& data_;
  const TrainingRun& run_;
  StateDict start_weights_;
  SegmentationModel model_;
  Adam optimizer_;
  PlateauSchedule schedule_;
  TrainStep step_;
  TrainingPosition position_;
  std::vector<HistoryRow> history_;
  std::optional<double> best_miou_;
  int best_epoch_ = 0;
  Clock::time_point last_saved_;
};

}  // namespace

TrainingResult train(const TrainingOptions& options, const TrainingData& data, const TrainingRun& run) {
  options.check();
  return Trainer(options, data, run).run();
}

}  // namespace segfold
