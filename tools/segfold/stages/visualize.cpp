#include "segfold/stages/visualize.h"

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "segfold/data/folds.h"

namespace segfold {
namespace {

constexpr int kMaxShown = 200;
constexpr int kMaxEpochColumns = 5;  // with more their captions would not fit
constexpr int kMaxEpoch = 1'000'000;
constexpr int kMaxThreads = 1024;

void require_output(const std::filesystem::path& output) {
  if (output.empty()) throw UsageError("--output is missing; name the PNG file to write");
  if (output.extension() != ".png") {
    throw UsageError(fmt::format("--output {}: the figure is a PNG, give a name that ends in .png", output.string()));
  }
}

void require_range(const char* option, int value, int least, int most) {
  if (value < least || value > most) {
    throw UsageError(fmt::format("{} is {}, expected a number from {} to {}", option, value, least, most));
  }
}

void require_choice(const SampleChoice& choice) {
  require_range("--count", choice.count, 1, kMaxShown);
  if (choice.names.size() > kMaxShown) {
    throw UsageError(
        fmt::format("--name is given {} samples, one figure shows at most {}", choice.names.size(), kMaxShown));
  }
}

void require_some(const char* option, std::size_t given) {
  if (given == 0) throw UsageError(fmt::format("{} is missing; name at least one file", option));
}

}  // namespace

void CurvesOptions::check() const {
  require_some("--history", histories.size());
  require_output(output);
}

void PredictionOptions::check() const {
  require_some("--shards", shards.size());
  if (model.empty()) throw UsageError("--model is missing; name the model file");
  require_output(output);
  require_choice(choice);
}

void SamplesOptions::check() const {
  require_some("--shards", shards.size());
  require_output(output);
  require_choice(choice);
  fold_from_text(fold);
  require_range("--first-epoch", first_epoch, 1, kMaxEpoch);
  require_range("--epochs", epochs, 1, kMaxEpochColumns);
  transform.check();
}

void OcclusionFigureOptions::check() const {
  require_some("--curves", curves.size());
  require_output(output);
}

void VisualizeOptions::check() const {
  require_range("--threads", threads, 0, kMaxThreads);
  if (command == "curves") return curves.check();
  if (command == "prediction") return prediction.check();
  if (command == "samples") return samples.check();
  if (command == "occlusion") return occlusion.check();
  throw UsageError(fmt::format("unknown figure '{}'; expected curves, prediction, samples or occlusion", command));
}

void visualize(const VisualizeOptions& options) {
  options.check();
  if (options.command == "curves") return visualize_curves(options.curves);
  if (options.command == "samples") return visualize_samples(options.samples);
  if (options.command == "occlusion") return visualize_occlusion(options.occlusion);
  visualize_prediction(options.prediction, options.threads);
}

}  // namespace segfold
