#include "segfold/train/trainer.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>

#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/progress.h"
#include "segfold/base/signals.h"
#include "segfold/base/text.h"
#include "segfold/nn/init.h"
#include "segfold/train/ema.h"
#include "segfold/train/evaluate.h"
#include "segfold/train/learning_rate.h"
#include "segfold/train/loader.h"
#include "segfold/train/optimizer.h"
#include "segfold/train/train_step.h"

namespace segfold {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kSaveAtEpochEndAfter = 60;  // seconds since the last save
constexpr double kSaveWithinEpochAfter = 300;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string number_text(const std::optional<double>& value) { return value ? score_text(*value) : "–"; }

/// The state of a training and the steps that carry it forward.
class Trainer {
 public:
  Trainer(const TrainingOptions& options, const TrainingData& data, const TrainingRun& run)
      : options_(options),
        data_(data),
        run_(run),
        length_(options, static_cast<std::int64_t>(data.train.size())),
        model_(start_model()),
        optimizer_(*model_, options.optimizer, start_weights_),
        rate_(options.lr, options.schedule, length_.updates()),
        loss_(options.loss, data.class_weights),
        step_(*model_, loss_, run.device, options.used_normalisation(), options.auxiliary_weight),
        last_saved_(Clock::now()) {
    start_weights_.clear();
    if (options.frozen_norms) step_.freeze_norms();
    if (options.ema > 0) ema_.emplace(options.ema, averaged_values());
    if (auto saved = run_.state.load()) restore(std::move(*saved));
  }

  TrainingResult run() {
    Progress progress(run_.name, length_.images_before(length_.epochs() + 1), "images",
                      length_.images_before(position_.epoch) + position_.images);
    while (position_.epoch <= length_.epochs()) {
      train_epoch(progress);
      finish_epoch();
      if (run_.stop_after_epoch && history_.back().epoch >= *run_.stop_after_epoch) interrupt();
      if (seconds_since(last_saved_) > kSaveAtEpochEndAfter) save();
    }
    TrainingResult result{weights(), length_.epochs(), history_, best_epoch_};
    if (run_.on_done) hand_over(result);
    return result;
  }

 private:
  bool is_due(int every) const { return position_.epoch % every == 0 || position_.epoch == length_.epochs(); }

  /// All that belongs together in a network: weights, and the statistics that normalisations gathered with them.
  StateDict averaged_values() const {
    StateDict values = optimizer_.masters();
    for (const auto& item : model_->named_buffers()) {
      if (item.value().is_floating_point()) values.emplace_back(item.key(), item.value());
    }
    return values;
  }

  /// Of the finished network.
  StateDict weights() const {
    StateDict all = state_dict(*model_, ema_ ? ema_->weights() : optimizer_.masters());
    std::erase_if(all, [](const auto& item) { return item.first.starts_with(fmt::format("{}.", kAuxiliary)); });
    return all;
  }

  SegmentationModel start_model() {
    ModelOptions network = options_.model;
    network.auxiliary = options_.auxiliary_weight > 0;
    SegmentationModel model = make_model(network);
    initialise(*model, options_.seed, data_.fold);
    if (data_.init != nullptr) data_.init->load_into(*model);
    if (data_.encoder != nullptr) data_.encoder->load_into(*model);
    start_weights_ = state_dict(*model);
    prepare_module(*model, run_.device, run_.precision);
    return model;
  }

  void train_epoch(Progress& progress) {
    const EpochKey key{options_.seed, data_.fold, position_.epoch};
    const EpochLoader::Options loading{options_.batch_size, run_.workers, 2 * run_.workers + 2, position_.batches};
    EpochLoader loader(data_.shards, epoch_order(data_.train, key), options_.transform, key, loading);
    const double waited_before = position_.waited;
    const std::int64_t batches = length_.batches_in(position_.epoch);
    step_.freeze_encoder(position_.epoch <= options_.freeze_encoder_epochs);
    auto start = Clock::now();
    while (position_.batches < batches) {
      const Batch batch = loader.next().value();
      const StepResult result = take_batch(batch, batches);
      position_.seconds += seconds_since(start);
      start = Clock::now();
      position_.waited = waited_before + loader.waited();
      progress.add(static_cast<std::int64_t>(batch.samples.size()), progress_note(result));
      if (position_.batches % options_.accumulate != 0) continue;  // gradients half gathered cannot be saved
      stop_if_asked();
      if (seconds_since(last_saved_) > kSaveWithinEpochAfter) save();
    }
  }

  /// The batch's gradients, and the update where they complete it. The last update of an epoch may have fewer batches.
  StepResult take_batch(const Batch& batch, std::int64_t batches) {
    const std::int64_t first = position_.batches - position_.batches % options_.accumulate;
    const std::int64_t end = std::min(first + options_.accumulate, batches);
    const bool alone = end - first == 1;
    const StepResult result = step_.gradients(batch, alone ? GradientOf::kLoss : GradientOf::kWeightedLoss);
    require_finite(result, batch);
    gathered_weight_ += result.weight;
    position_.loss_sum += result.loss * static_cast<double>(result.pixels);
    position_.pixels += result.pixels;
    position_.images += static_cast<std::int64_t>(batch.samples.size());
    ++position_.batches;
    if (position_.batches == end) {
      const double scale = alone || gathered_weight_ == 0 ? 1 : 1 / gathered_weight_;
      optimizer_.step(rate_.at(length_.updates_before(position_.epoch, first)), scale);
      gathered_weight_ = 0;
      if (ema_) ema_->update();
    }
    return result;
  }

  std::string progress_note(const StepResult& result) const {
    return fmt::format("epoch {}/{}, loss {:.4f}, {:.1f} % waiting for data", position_.epoch, length_.epochs(),
                       result.loss, 100 * position_.waited / std::max(position_.seconds, 1e-9));
  }

  void require_finite(const StepResult& result, const Batch& batch) const {
    if (std::isfinite(result.loss)) return;
    std::vector<std::string> names;
    for (const std::int64_t sample : batch.samples) names.push_back(data_.shards.name(sample));
    throw DataError(
        fmt::format("the loss is {} in epoch {}, step {} (samples {}); lower --lr or choose --precision fp32",
                    result.loss, position_.epoch, position_.batches + 1, list_text(names)));
  }

  /// Scores the epoch, then moves to the next; nothing in between can be interrupted half-way.
  void finish_epoch() {
    const auto start = Clock::now();
    HistoryRow row;
    row.epoch = position_.epoch;
    row.lr = rate_.at(length_.updates_before(position_.epoch, position_.batches - 1));
    row.train_loss = position_.pixels > 0 ? position_.loss_sum / static_cast<double>(position_.pixels) : 0;
    row.images_per_second = position_.seconds > 0 ? static_cast<double>(position_.images) / position_.seconds : 0;
    row.data_wait = position_.seconds > 0 ? position_.waited / position_.seconds : 0;
    score(row);
    row.seconds = position_.seconds + seconds_since(start);
    rate_.end_epoch(row.val_loss);
    keep_best(row);
    log_info("{}: epoch {}/{}, loss {:.4f}, held-out loss {}, low-res mIoU {}, full-res mIoU {}, lr {:.3g}, {}",
             run_.name, row.epoch, length_.epochs(), row.train_loss, number_text(row.val_loss),
             number_text(row.lowres_miou), number_text(row.fullres_miou), row.lr, duration_text(row.seconds));
    history_.push_back(row);
    position_ = {.epoch = row.epoch + 1};
  }

  void score(HistoryRow& row) {
    std::optional<BorrowedWeights> averages;
    if (ema_) averages.emplace(*model_, ema_->weights());
    EvaluationOptions options;
    options.threads = run_.threads;
    options.normalisation = options_.used_normalisation();
    options.on_sample = [this](const std::string&) { stop_if_asked(); };
    if (!data_.held_out.empty()) {
      options.resolution = Resolution::kInput;
      options.loss = &loss_;
      options.with_counts = is_due(options_.low_res_every);
      const Evaluation held_out = evaluate(*model_, run_.device, data_.shards, data_.held_out, options);
      row.val_loss = held_out.loss;
      if (!std::isfinite(held_out.loss.value())) {
        throw DataError(fmt::format("the held-out loss is {} after epoch {}; lower --lr or choose --precision fp32",
                                    held_out.loss.value(), position_.epoch));
      }
      if (options.with_counts) row.lowres_miou = held_out.confusion.mean_iou();
    }
    if (data_.official != nullptr && is_due(options_.full_res_every)) {
      options.resolution = Resolution::kLabels;
      options.loss = nullptr;
      options.with_counts = true;
      std::vector<std::int64_t> all(static_cast<std::size_t>(data_.official->size()));
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
      row.fullres_miou = evaluate(*model_, run_.device, *data_.official, all, options).confusion.mean_iou();
    }
  }

  void hand_over(const TrainingResult& result) {
    try {
      run_.on_done(result);
    } catch (const Error&) {
      try {
        save();
      } catch (const Error& error) {
        log_warning("the state of the finished training cannot be saved either: {}", error.what());
      }
      throw;
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
    if (position_.epoch > length_.epochs()) {
      throw InterruptedError(
          fmt::format("stopped as asked after the last epoch; the state is saved in {}: run the same command to finish",
                      run_.state.path().string()));
    }
    throw InterruptedError(
        fmt::format("stopped as asked in epoch {} of {} after {} steps of it; the state is saved in {}: run the same "
                    "command to go on",
                    position_.epoch, length_.epochs(), position_.batches, run_.state.path().string()));
  }

  void save() {
    run_.state.save({position_, rate_.state(), history_, best_miou_, best_epoch_, tensors()});
    last_saved_ = Clock::now();
    log_detail("state saved in {}", run_.state.path().string());
  }

  /// All that changes in a training (not copies).
  StateDict tensors() const {
    StateDict all = optimizer_.state();
    if (ema_) {
      for (auto& item : ema_->state()) all.push_back(std::move(item));
    }
    for (auto& item : buffers()) all.push_back(std::move(item));
    return all;
  }

  StateDict buffers() const {
    StateDict all;
    for (const auto& item : model_->named_buffers()) all.emplace_back("buffer." + item.key(), item.value());
    return all;
  }

  void restore(TrainingState state) {
    const std::string origin = run_.state.path().string();
    // A finished training has its last weights to hand over, whatever happened to the best.
    if (run_.on_best && state.best_epoch > 0 && state.position.epoch <= length_.epochs()) run_.state.read_best();
    optimizer_.restore(state.tensors, origin);
    if (ema_) ema_->restore(state.tensors, origin);
    take_over(buffers(), state.tensors, origin);
    rate_.restore(state.schedule, origin);
    position_ = state.position;
    history_ = std::move(state.history);
    best_miou_ = state.best_miou;
    best_epoch_ = state.best_epoch;
    if (position_.epoch > length_.epochs()) {
      log_info("{}: the saved state is that after the last epoch; what is left are the outputs", run_.name);
    } else {
      log_info("{}: going on from the saved state, epoch {} of {}, {} steps of it done", run_.name, position_.epoch,
               length_.epochs(), position_.batches);
    }
  }

  const TrainingOptions& options_;
  const TrainingData& data_;
  const TrainingRun& run_;
  TrainingLength length_;
  StateDict start_weights_;
  SegmentationModel model_;
  Optimizer optimizer_;
  LearningRate rate_;
  SegmentationLoss loss_;
  std::optional<Ema> ema_;
  TrainStep step_;
  TrainingPosition position_;
  double gathered_weight_ = 0;  // of the batches since the last update; states are saved between updates only
  std::vector<HistoryRow> history_;
  std::optional<double> best_miou_;
  int best_epoch_ = 0;
  Clock::time_point last_saved_;
};

}  // namespace

TrainingResult train(const TrainingOptions& options, const TrainingData& data, const TrainingRun& run) {
  options.check();
  const TrainingLength length(options, static_cast<std::int64_t>(data.train.size()));
  if (options.schedule.warmup_steps >= length.updates() && options.schedule.warmup_steps > 0) {
    throw UsageError(fmt::format("--warmup-steps {}: the training has only {} updates; give fewer",
                                 options.schedule.warmup_steps, length.updates()));
  }
  return Trainer(options, data, run).run();
}

}  // namespace segfold
