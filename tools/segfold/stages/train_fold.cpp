#include "segfold/stages/train_fold.h"

#include <fmt/format.h>

#include <map>

#include "segfold/base/cpu.h"
#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/memory.h"
#include "segfold/base/outputs.h"
#include "segfold/base/signals.h"
#include "segfold/base/text.h"
#include "segfold/base/utf8.h"
#include "segfold/base/version.h"
#include "segfold/data/class_weights.h"
#include "segfold/data/folds.h"
#include "segfold/nn/device.h"
#include "segfold/nn/start_weights.h"
#include "segfold/stages/fold_samples.h"
#include "segfold/stages/training_provenance.h"
#include "segfold/train/trainer.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
constexpr const char* kTool = "train-fold";

/// Samples to train on and samples held out. Every sample of the shards must stand in the folds, and the reverse.
void split(const ShardSet& shards, const Folds& folds, std::optional<int> fold, const fs::path& path,
           TrainingData& data) {
  if (fold) require_fold(folds, *fold, path);
  std::int64_t named = 0;
  for (int i = 0; i < folds.count(); ++i) {
    const std::vector<std::int64_t> samples = samples_held_out(shards, folds, i, path);
    std::vector<std::int64_t>& part = fold == i ? data.held_out : data.train;
    part.insert(part.end(), samples.begin(), samples.end());
    named += static_cast<std::int64_t>(samples.size());
  }
  if (named != shards.size()) {
    throw DataError(fmt::format("{}: names {} samples, the shards hold {}; run split-folds on these shards",
                                path.string(), named, shards.size()));
  }
  require_labelled(shards, data.train, fmt::format("{}: the part to train on", path.string()));
  if (fold) require_labelled(shards, data.held_out, fmt::format("{}: fold {}", path.string(), *fold));
}

void check_shards(const TrainFoldOptions& options, const ShardSet& shards, const ShardSet* official) {
  if (shards.label_size() != shards.image_size()) {
    throw DataError(
        fmt::format("--shards hold labels of {} beside images of {}; run preprocess without --label-size for training",
                    to_string(shards.label_size()), to_string(shards.image_size())));
  }
  for (std::int64_t i = 0; i < shards.size(); ++i) {
    if (shards.true_label_size(i) != shards.image_size()) {
      throw DataError(fmt::format(
          "--shards: the label of '{}' covers only {} of its image; run preprocess without --label-size for training",
          shards.name(i), to_string(shards.true_label_size(i))));
    }
  }
  options.training.transform.check_for(shards.image_size());
  if (official == nullptr) return;
  if (official->image_size() != shards.image_size()) {
    throw DataError(fmt::format(
        "{}: holds images of {}, the training shards of {}; run preprocess with the same --size",
        options.val_shards.front().string(), to_string(official->image_size()), to_string(shards.image_size())));
  }
  if (official->classes() != shards.classes()) {
    throw DataError(fmt::format("{}: holds other classes than the training shards; run preprocess again",
                                options.val_shards.front().string()));
  }
}

/// Pictures must be large enough for the network, both whole (scored) and as it is trained on them; and batch
/// normalisation needs two values per channel wherever it stands, also in the last, shorter batch.
void check_batches(const TrainFoldOptions& options, Size stored, std::size_t samples) {
  const ModelOptions& model = options.training.model;
  const Size seen = options.training.transform.output_size(stored);
  for (const Size size : {stored, seen}) {
    if (deepest_map(model, size).area() > 0) continue;
    throw DataError(fmt::format("--shards hold images of {}{}, too small for {}; run preprocess with a larger --size",
                                to_string(stored), size == stored ? "" : ", cropped to " + to_string(seen),
                                architecture_name(model.architecture)));
  }
  const auto batch = static_cast<std::size_t>(options.training.batch_size);
  if (batch > samples) log_warning("--batch-size {}: an epoch is one step of the {} samples there are", batch, samples);
  if (model.norm == NormKind::kGroup || options.training.frozen_norms) return;
  if (deepest_map(model, seen).area() == 1 && (samples % batch == 1 || batch == 1)) {
    throw UsageError(fmt::format(
        "--batch-size {}: of {} samples one would be alone in a batch, which images of {} are too small for; "
        "choose another batch size or a larger --size in preprocess",
        batch, samples, to_string(seen)));
  }
}

/// A model that says what it is has to be of the network that is asked for.
void require_same_network(const ModelOptions& there, const ModelOptions& here, const std::string& origin) {
  if (there.architecture != here.architecture) {
    throw UsageError(fmt::format("--init {}: holds a {}, --arch asks for a {}; choose the same", origin,
                                 architecture_name(there.architecture), architecture_name(here.architecture)));
  }
  if (there.architecture == Architecture::kUNet && there.width != here.width) {
    throw UsageError(fmt::format("--init {}: holds a unet of width {}, --width asks for {}; choose the same", origin,
                                 there.width, here.width));
  }
  if (there.norm != here.norm) {
    throw UsageError(fmt::format("--init {}: holds {} normalisations, --norm asks for {} ones; choose the same", origin,
                                 norm_name(there.norm), norm_name(here.norm)));
  }
}

/// Weights expect pictures normalised as those that they were trained on.
void warn_of_normalisation(const ModelInfo& info, const TrainingOptions& training, const std::string& origin) {
  const Normalisation given = training.used_normalisation();
  if (info.normalisation.mean == given.mean && info.normalisation.std == given.std) return;
  log_warning("{}: was trained on pictures of another normalisation than this training's; choose --normalisation {}",
              origin, info.normalisation.mean == kUnitNormalisation.mean ? "unit" : "imagenet");
}

/// Whose weights a training may begin with: none that have seen what this fold holds out.
void check_init(const StartWeights& init, const TrainFoldOptions& options, const ShardSet& shards, const Folds& folds) {
  const std::string origin = options.init.string();
  const bool holds_out = fold_from_text(options.fold).has_value();
  if (!init.info()) {
    if (holds_out)
      log_warning("{}: says nothing of its training; make sure that it has not seen fold {}", origin, options.fold);
    return;
  }
  const ModelInfo& info = *init.info();
  require_same_network(info.options, options.training.model, origin);
  warn_of_normalisation(info, options.training, origin);
  if (!holds_out) return;
  const auto trained_on = info.seal.inputs.find("folds");
  if (trained_on != info.seal.inputs.end() && trained_on->second == folds.digest) {
    if (info.fold == fold_from_text(options.fold)) return;
    throw UsageError(fmt::format(
        "--init {}: held out fold {}, so it was trained on samples that --fold {} holds out; give that fold's weights",
        origin, info.fold ? std::to_string(*info.fold) : "none", options.fold));
  }
  const auto data = info.seal.inputs.find("shards");
  if (data != info.seal.inputs.end() && data->second == shards.digest()) {
    throw UsageError(
        fmt::format("--init {}: was trained on these shards with other folds than {}; samples that are held "
                    "out here may have been trained on, give weights of these folds",
                    origin, options.folds.string()));
  }
  log_warning("{}: was trained on other shards with other folds; make sure that it has not seen fold {}", origin,
              options.fold);
}

std::vector<double> weights_of_classes(const TrainingOptions& training, const ShardSet& shards,
                                       const std::vector<std::int64_t>& samples) {
  if (training.loss.kind != LossKind::kWeighted) return {};
  std::vector<std::vector<std::uint64_t>> pixels;
  for (const std::int64_t sample : samples) pixels.push_back(shards.class_pixels(sample));
  const std::vector<double> weights = class_weights(training.loss.class_weighting, pixels);
  std::vector<std::string> texts;
  std::vector<std::string> absent;
  double sum = 0;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    const bool occurs = std::ranges::any_of(pixels, [&](const auto& image) { return image[c] > 0; });
    texts.push_back(fmt::format("{} {:.4g}", shards.classes()[c], weights[c]));
    if (occurs) sum += weights[c];
    if (!occurs) absent.push_back(shards.classes()[c]);
  }
  log_info("class weights ({}): {}", class_weighting_name(training.loss.class_weighting),
           list_text(texts, texts.size()));
  const auto heaviest = std::ranges::max_element(weights);
  if (*heaviest > sum / 2 && weights.size() > absent.size() + 2) {
    const auto c = static_cast<std::size_t>(heaviest - weights.begin());
    std::uint64_t count = 0;
    for (const auto& image : pixels) count += image[c];
    log_warning(
        "{} of the weights of all classes fall on '{}', which has {} in the training samples; choose "
        "--class-weights effective or enet, or look at its labels",
        fmt::format("{:.0f} %", 100 * *heaviest / sum), shards.classes()[c], count_text(count, "pixel"));
  }
  if (!absent.empty()) log_warning("{} never occur in the training samples; their weight is 1", list_text(absent));
  return weights;
}

/// What a training begins with besides random weights.
struct Starts {
  std::optional<StartWeights> init;
  std::optional<StartWeights> encoder;
};

Starts read_starts(const TrainFoldOptions& options, const ShardSet& shards, const Folds& folds) {
  Starts starts;
  if (!options.init.empty()) {
    starts.init = StartWeights::of_model(options.init);
    check_init(*starts.init, options, shards, folds);
  }
  if (!options.encoder_weights.empty()) starts.encoder = StartWeights::of_encoder(options.encoder_weights);
  return starts;
}

std::map<std::string, std::string> input_digests(const TrainingData& data, const Folds& folds) {
  std::map<std::string, std::string> digests{{"shards", data.shards.digest()}, {"folds", folds.digest}};
  if (data.official != nullptr) digests["val_shards"] = data.official->digest();
  if (data.init != nullptr) digests["init"] = data.init->digest();
  if (data.encoder != nullptr) digests["encoder_weights"] = data.encoder->digest();
  return digests;
}

/// An older file of that name stays until the new one is whole, but never where there will be none: then it is an
/// earlier training's.
void write_best(const TrainFoldOptions& options, const TrainingResult& result, const StateFolder& state) {
  const fs::path best = best_path(options.output);
  std::error_code ignored;
  if (result.best_epoch == 0) {
    fs::remove(best, ignored);
    return;
  }
  try {
    write_tensor_file(best, state.read_best());
  } catch (const Error& error) {
    if (error.code() == ExitCode::kData || error.code() == ExitCode::kNotFound) fs::remove(best, ignored);
    throw;
  }
}

/// A process that takes more memory than there is, is killed without a word.
void require_memory(std::uint64_t needed) {
  constexpr double kSurely = 0.8;  // of an estimate
  const std::uint64_t available = available_memory();
  if (static_cast<double>(available) >= kSurely * static_cast<double>(needed)) return;
  throw Error(ExitCode::kOutOfMemory,
              fmt::format("the training needs about {} of memory, and only {} can be had (limits of control groups and "
                          "ulimit -v counted in); choose a smaller --batch-size or --crop, or make room",
                          bytes_text(needed), bytes_text(available)));
}

void require_made(const TrainFoldOptions& options, const Seal& seal) {
  std::vector<fs::path> models{options.output};
  if (fold_from_text(options.fold)) models.push_back(best_path(options.output));
  for (const fs::path& path : models)
    require_made_by(seal, require_model_info(read_tensor_file(path), path.string()).seal, path);
  require_made_by(seal, read_sealed_text(options.history).seal, options.history);
}

/// Nothing may fail for want of a folder after hours of training.
void require_outputs(const TrainFoldOptions& options) {
  std::vector<fs::path> inputs = options.shards;
  inputs.insert(inputs.end(), options.val_shards.begin(), options.val_shards.end());
  inputs.insert(inputs.end(), {options.folds, options.init, options.encoder_weights});
  prepare_outputs(inputs, {options.output, best_path(options.output), options.history, seal_path(options.history)});
}

}  // namespace

fs::path best_path(const fs::path& output) {
  return output.parent_path() / (output.stem().string() + "_best" + output.extension().string());
}

void TrainFoldOptions::check() const {
  training.check();
  if (shards.empty()) throw UsageError("--shards names no file");
  if (state.empty()) throw UsageError("--state names no folder");
  if (experiment.empty() || !is_utf8(experiment)) throw UsageError("--experiment: give a name, as text in UTF-8");
  if (workers < 1 || workers > 256) throw UsageError(fmt::format("--workers {}; 1 to 256 are possible", workers));
  if (stop_after_epoch && *stop_after_epoch < 1) throw UsageError("--stop-after-epoch must be 1 or more");
  if (!encoder_weights.empty() && training.model.architecture != Architecture::kUNetResNet50)
    throw UsageError("--encoder-weights are a ResNet-50's; they need --arch unet-resnet50");
  if (!encoder_weights.empty() && training.model.norm == NormKind::kGroup)
    throw UsageError("--encoder-weights hold batch normalisations; choose --norm batch or frozen");
  if (training.frozen_norms && init.empty() && encoder_weights.empty())
    throw UsageError("--norm frozen keeps what the weights begin with; give --init or --encoder-weights");
  if (!encoder_weights.empty() && !init.empty())
    throw UsageError("--init brings an encoder already; give --init or --encoder-weights, not both");
  if (!fold_from_text(fold) && training.schedule.kind == ScheduleKind::kPlateau) {
    throw UsageError(
        "--fold all holds nothing out, so there is no loss for --schedule plateau to watch; choose --schedule "
        "poly, cosine or constant");
  }
}

void train_fold(const TrainFoldOptions& given) {
  given.check();
  TrainFoldOptions options = given;
  const SignalGuard signals;
  const int threads = options.threads > 0 ? options.threads : available_threads();
  require_tensor_file_ending(options.output);
  if (!options.dry_run) require_outputs(options);
  const ShardSet shards(options.shards);
  std::optional<ShardSet> official;
  if (!options.val_shards.empty()) official.emplace(options.val_shards);
  check_shards(options, shards, official ? &*official : nullptr);
  options.training.model.classes = static_cast<int>(shards.classes().size());
  const Folds folds = read_folds(options.folds);
  const auto fold = fold_from_text(options.fold);
  TrainingData data{shards, {}, {}, official ? &*official : nullptr, fold.value_or(kNoFold)};
  split(shards, folds, fold, options.folds, data);
  check_batches(options, shards.image_size(), data.train.size());

  configure_torch(threads);
  const Device device = Device::claim(options.device);
  const Precision precision = resolve_precision(options.precision, device);
  data.class_weights = weights_of_classes(options.training, shards, data.train);
  const Starts starts = read_starts(options, shards, folds);
  data.init = starts.init ? &*starts.init : nullptr;
  data.encoder = starts.encoder ? &*starts.encoder : nullptr;
  Seal seal{kTool, results_version(kTool), training_parameters(options, data, device, precision, threads), {}, ""};
  seal.inputs = input_digests(data, folds);
  if (options.dry_run) return require_made(options, seal);
  ModelInfo info = info_of_training(options, shards, folds, precision, seal);

  const std::uint64_t memory = options.training.needed_memory(shards.image_size(), precision);
  if (!device.is_cuda()) require_memory(memory);
  StateFolder state(options.state, seal.run_digest(), options.fresh);
  const std::string name = fmt::format("{} fold {}", options.experiment, options.fold);
  log_info("{}: {} on {}, {} held out, {}, {}, {}, about {} of memory", name,
           architecture_name(options.training.model.architecture), count_text(data.train.size(), "sample"),
           data.held_out.size(), device.name(), precision_name(precision),
           count_text(static_cast<std::uint64_t>(threads), "thread"), bytes_text(memory));
  const auto keep_best = [&](const StateDict& weights, int epoch) {
    info.epoch = epoch;
    write_model(state.best(), weights, info);
  };
  const auto write_outputs = [&](const TrainingResult& result) {
    info.epoch = result.epochs;
    write_model(options.output, result.weights, info);
    write_sealed_text(options.history, history_csv(result.history), seal);
    write_best(options, result, state);
  };
  train(options.training, data,
        {device, precision, threads, options.workers, options.stop_after_epoch, state, name, keep_best, write_outputs});
  state.remove();
}

}  // namespace segfold
