#include "segfold/train/training_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "segfold/base/error.h"

namespace segfold {
namespace {

constexpr int kMostEpochs = 100000;
constexpr std::int64_t kMostSteps = 1000000000;

std::int64_t divided_up(std::int64_t value, std::int64_t by) { return (value + by - 1) / by; }

}  // namespace

void TrainingOptions::check() const {
  model.check();
  schedule.check();
  optimizer.check();
  loss.check();
  transform.check();
  if (epochs < 1 || epochs > kMostEpochs)
    throw UsageError(fmt::format("--epochs {}; 1 to {} are possible", epochs, kMostEpochs));
  if (steps && (*steps < 1 || *steps > kMostSteps))
    throw UsageError(fmt::format("--steps {}; 1 to {} are possible", *steps, kMostSteps));
  if (batch_size < 1 || batch_size > 4096)
    throw UsageError(fmt::format("--batch-size {}; 1 to 4096 is possible", batch_size));
  if (accumulate < 1 || accumulate > 4096)
    throw UsageError(fmt::format("--accumulate {}; 1 to 4096 is possible", accumulate));
  if (!(lr > 0 && lr < 100)) throw UsageError(fmt::format("--lr {}; it must be above 0 and below 100", lr));
  if (schedule.lr_floor > lr)
    throw UsageError(fmt::format("--lr-floor {} is above --lr {}; give a smaller one", schedule.lr_floor, lr));
  if (!(ema >= 0 && ema < 1)) throw UsageError(fmt::format("--ema {}; it must be in [0, 1)", ema));
  const int most_frozen = steps ? kMostEpochs : epochs;  // how many epochs the steps fill depends on the samples
  if (freeze_encoder_epochs < 0 || freeze_encoder_epochs > most_frozen)
    throw UsageError(
        fmt::format("--freeze-encoder-epochs {}; 0 to {} epochs are possible", freeze_encoder_epochs, most_frozen));
  if (!(auxiliary_weight >= 0 && auxiliary_weight <= 100))
    throw UsageError(fmt::format("--auxiliary-weight {}; it must be from 0 (no such head) to 100", auxiliary_weight));
  if (low_res_every < 1) throw UsageError(fmt::format("--low-res-every {}; give 1 or more", low_res_every));
  if (full_res_every < 1) throw UsageError(fmt::format("--full-res-every {}; give 1 or more", full_res_every));
}

Normalisation TrainingOptions::used_normalisation() const {
  if (normalisation) return *normalisation;
  return model.architecture == Architecture::kUNet ? kUnitNormalisation : Normalisation{};
}

std::uint64_t TrainingOptions::needed_memory(Size images, Precision precision) const {
  constexpr double kLibraries = 200e6;
  const double copies = ema > 0 ? 7 : 5.5;  // of the weights
  const TrainingMemory memory = training_memory(model);
  const double per_pixel = precision == Precision::kBf16 ? memory.per_pixel_bf16 : memory.per_pixel;
  const auto pixels = static_cast<double>(batch_size * transform.output_size(images).area());
  return static_cast<std::uint64_t>(kLibraries + copies * memory.weights + per_pixel * pixels);
}

TrainingLength::TrainingLength(const TrainingOptions& options, std::int64_t samples)
    : samples_(samples),
      batch_size_(options.batch_size),
      accumulate_(options.accumulate),
      batches_per_epoch_(divided_up(samples, batch_size_)),
      updates_per_epoch_(divided_up(batches_per_epoch_, accumulate_)),
      updates_(options.steps.value_or(options.epochs * updates_per_epoch_)),
      epochs_(static_cast<int>(divided_up(updates_, updates_per_epoch_))) {}

std::int64_t TrainingLength::batches_in(int epoch) const {
  const std::int64_t left = updates_ - updates_before(epoch, 0);
  return std::min(batches_per_epoch_, left * accumulate_);
}

std::int64_t TrainingLength::updates_before(int epoch, std::int64_t batches) const {
  return (epoch - 1) * updates_per_epoch_ + batches / accumulate_;
}

std::int64_t TrainingLength::images_before(int epoch) const {
  const std::int64_t updates = std::min(updates_before(epoch, 0), updates_);
  const std::int64_t whole = updates / updates_per_epoch_;
  const std::int64_t rest = (updates % updates_per_epoch_) * accumulate_ * batch_size_;
  return whole * samples_ + std::min(rest, samples_);
}

}  // namespace segfold
