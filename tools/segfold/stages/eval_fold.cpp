#include "segfold/stages/eval_fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "segfold/base/atomic_folder.h"
#include "segfold/base/cpu.h"
#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/outputs.h"
#include "segfold/base/progress.h"
#include "segfold/base/signals.h"
#include "segfold/base/text.h"
#include "segfold/base/version.h"
#include "segfold/data/cityscapes_layout.h"
#include "segfold/data/folds.h"
#include "segfold/data/labels.h"
#include "segfold/image/nested_occlusion.h"
#include "segfold/report/figure.h"
#include "segfold/stages/eval_occlusion.h"
#include "segfold/stages/fold_samples.h"
#include "segfold/stages/loaded_network.h"
#include "segfold/train/evaluate.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
constexpr const char* kTool = "eval-fold";
constexpr const char* kPredictionEnding = "_predictionLabelIds.png";

std::string split_name(const EvalFoldOptions& options) { return options.fold ? "held-out" : "all"; }

/// The samples to score: those the fold holds out, or all.
std::vector<std::int64_t> choose(const EvalFoldOptions& options, const std::optional<Folds>& folds,
                                 const ShardSet& shards, const ModelInfo& info) {
  std::vector<std::int64_t> samples;
  if (!folds) {
    samples.resize(static_cast<std::size_t>(shards.size()));
    std::iota(samples.begin(), samples.end(), 0);
    return samples;
  }
  const std::string origin = options.folds.string();
  const int fold = options.fold.value();
  require_fold(*folds, fold, options.folds);
  if (info.seal.inputs.contains("folds") && info.seal.inputs.at("folds") != folds->digest) {
    throw DataError(
        fmt::format("{}: the model was trained with other folds than {}; what is held out here may have been "
                    "trained on, give the folds it was trained with",
                    options.model.string(), origin));
  }
  if (info.fold != fold) {
    throw DataError(
        fmt::format("{}: the model held out fold {}, not {}; it was trained on these samples, give that fold's "
                    "weights",
                    options.model.string(), info.fold ? std::to_string(*info.fold) : "none", fold));
  }
  samples = samples_held_out(shards, *folds, fold, options.folds);
  std::ranges::sort(samples);
  return samples;
}

/// Writes one prediction as the benchmark server wants it: raw ids at the size of the truth.
void write_prediction(const fs::path& folder, const std::string& name, Size size,
                      const std::vector<std::uint8_t>& train_ids, const Seal& seal) {
  Image ids(size, 1);
  for (std::size_t i = 0; i < train_ids.size(); ++i) ids.pixels[i] = raw_id_from_train_id()[train_ids[i]];
  write_figure(folder / (name + kPredictionEnding), ids, seal);
}

/// An older folder of predictions is replaced as a whole, so that those of two models never lie side by side.
void require_only_predictions(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(kPredictionEnding) || is_left_by_system(name)) continue;
    throw CannotCreateError(
        fmt::format("{}: is no prediction, and --predictions replaces its folder as a whole; move "
                    "it away or name another folder",
                    entry.path().string()));
  }
}

Seal seal_of(const EvalFoldOptions& options, const LoadedNetwork& network, const ShardSet& shards, int threads) {
  const ModelInfo& info = network.info();
  Seal seal{kTool, results_version(kTool), {}, {}, ""};
  seal.parameters = {{"fold", info.fold ? Json(*info.fold) : Json("all")},
                     {"epoch", info.epoch},
                     {"seed", info.seal.parameters.value("seed", Json())},
                     {"folds_count", info.folds_count},
                     {"split", split_name(options)},
                     {"resolution", options.resolution == Resolution::kInput ? "low" : "full"},
                     {"occlusion", options.occlusion.empty() ? Json() : Json(options.occlusion)},
                     {"precision", precision_name(network.precision())},
                     {"threads", threads},
                     {"device", network.device().is_cuda() ? "cuda" : "cpu"},
                     {"capability", network.device().is_cuda() ? std::string() : torch_cpu_capability()}};
  seal.inputs = {{"model", info.seal.content}, {"model_run", info.seal.run_digest()}, {"shards", shards.digest()}};
  if (info.seal.inputs.contains("folds")) seal.inputs["folds"] = info.seal.inputs.at("folds");
  return seal;
}

void warn_of_seen_samples(const EvalFoldOptions& options, const ModelInfo& info, const ShardSet& shards) {
  const auto trained_on = info.seal.inputs.find("shards");
  if (options.fold || trained_on == info.seal.inputs.end() || trained_on->second != shards.digest()) return;
  log_warning("{}: was trained on these shards; give --folds and --fold to score only what it held out",
              options.model.string());
}

void check_shares(const std::vector<double>& shares) {
  if (shares.size() < 2) throw UsageError("--occlusion: give two shares at least, such as 0,0.1,0.2");
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (!(shares[i] >= 0 && shares[i] <= kMaxOccludedShare))
      throw UsageError(fmt::format("--occlusion {}; a share must be from 0 to {}", shares[i], kMaxOccludedShare));
    if (i > 0 && shares[i] <= shares[i - 1])
      throw UsageError(fmt::format("--occlusion: {} after {}; give rising shares", shares[i], shares[i - 1]));
  }
}

ScoreHeading heading_of(const EvalFoldOptions& options, const ModelInfo& info, const ShardSet& shards) {
  const Size grid = options.resolution == Resolution::kInput ? shards.image_size() : shards.label_size();
  return {info.experiment, info.fold, split_name(options), to_string(grid), info.classes};
}

}  // namespace

void EvalFoldOptions::check() const {
  if (shards.empty()) throw UsageError("--shards names no file");
  if (folds.empty() != !fold.has_value()) throw UsageError("--folds and --fold belong together; give both or neither");
  if (fold && *fold < 0) throw UsageError(fmt::format("--fold {}; folds count from 0", *fold));
  if (!occlusion.empty()) check_shares(occlusion);
  if (!occlusion.empty() && !predictions.empty())
    throw UsageError("--predictions are of photos as they are; leave --occlusion out");
  if (!predictions.empty() && resolution == Resolution::kInput)
    throw UsageError("--predictions needs --resolution full");
}

void eval_fold(const EvalFoldOptions& options) {
  options.check();
  const SignalGuard signals;
  std::vector<fs::path> inputs = options.shards;
  inputs.insert(inputs.end(), {options.model, options.folds});
  if (!options.dry_run) prepare_outputs(inputs, {options.output});
  const ShardSet shards(options.shards);
  std::optional<Folds> folds;
  if (options.fold) folds = read_folds(options.folds);
  const int threads = options.threads > 0 ? options.threads : available_threads();
  const LoadedNetwork network(options.model, shards, options.device, options.precision, threads);
  const ModelInfo& info = network.info();
  const std::vector<std::int64_t> samples = choose(options, folds, shards, info);

  warn_of_seen_samples(options, info, shards);
  const Seal seal = seal_of(options, network, shards, threads);
  if (options.dry_run) {
    return require_made_by(
        seal, options.occlusion.empty() ? read_metrics(options.output).seal : read_occlusion_curve(options.output).seal,
        options.output);
  }
  const ScoreHeading heading = heading_of(options, info, shards);

  const std::size_t rounds = std::max<std::size_t>(options.occlusion.size(), 1);
  Progress progress("evaluating", static_cast<std::int64_t>(rounds * samples.size()), "images");
  EvaluationOptions evaluation;
  evaluation.resolution = options.resolution;
  evaluation.normalisation = info.normalisation;
  evaluation.threads = threads;
  evaluation.on_sample = [&](const std::string&) {
    progress.add(1);
    if (stop_requested()) throw InterruptedError("stopped; no metrics were written, run again");
  };
  if (!options.occlusion.empty()) {
    return write_occlusion_curve(
        options.output, measure_occlusion(network, heading, shards, samples, evaluation, options.occlusion), seal);
  }
  evaluation.with_fine_scores = options.resolution == Resolution::kLabels;
  std::optional<AtomicFolder> predictions;
  if (!options.predictions.empty()) {
    predictions.emplace(options.predictions, require_only_predictions);
    evaluation.on_prediction = [&](std::int64_t sample, Size size, const std::vector<std::uint8_t>& ids) {
      write_prediction(predictions->temporary(), shards.name(sample), size, ids, seal);
    };
  }
  const Evaluation result = evaluate(network.model(), network.device(), shards, samples, evaluation);

  if (predictions) predictions->commit();
  write_metrics(options.output, {heading, result.confusion, result.per_image}, seal);
  log_info("mIoU {}, pixel accuracy {} on {} images at {}", score_text(result.confusion.mean_iou()),
           score_text(result.confusion.pixel_accuracy()), samples.size(), heading.resolution);
}

}  // namespace segfold
