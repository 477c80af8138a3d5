#include "segfold/stages/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "segfold/base/error.h"
#include "segfold/base/sha256.h"
#include "segfold/base/text.h"
#include "segfold/base/version.h"
#include "segfold/score/truth_digest.h"

namespace segfold {
namespace {

constexpr const char* kHeldOut = "held-out";
constexpr const char* kOfficial = "all";
constexpr std::uint64_t kMostFolds = 1000;

const std::string& input(const MetricsFile& file, const std::string& role) {
  const auto found = file.seal.inputs.find(role);
  if (found == file.seal.inputs.end()) {
    throw DataError(
        fmt::format("{}: its seal names no '{}'; make it by eval-fold from a model of train-fold", file.path, role));
  }
  return found->second;
}

int folds_count(const MetricsFile& file) {
  const Json& parameters = file.seal.parameters;
  if (!parameters.contains("folds_count") || !parameters["folds_count"].is_number_unsigned() ||
      parameters["folds_count"].get<std::uint64_t>() < 2 ||
      parameters["folds_count"].get<std::uint64_t>() > kMostFolds) {
    throw DataError(fmt::format("{}: its seal does not say how many folds there are; run eval-fold again", file.path));
  }
  return parameters["folds_count"].get<int>();
}

/// The official split is scored at the labels' own size, a fold's own samples at the network's input size.
void check_resolution(const MetricsFile& file) {
  const Json expected = file.metrics.split == kOfficial ? "full" : "low";
  const Json found = file.seal.parameters.value("resolution", expected);
  if (found == expected) return;
  throw DataError(fmt::format("{}: the split '{}' was scored at resolution {}; run eval-fold with --resolution {}",
                              file.path, file.metrics.split, found.dump(), expected.get<std::string>()));
}

/// The training's seed as text, "" if the metrics do not say.
std::string seed_of(const MetricsFile& file) {
  const Json seed = file.seal.parameters.value("seed", Json());
  return seed.is_null() ? "" : seed.dump();
}

void check_provenance(const MetricsFile& file) {
  if (!file.metrics.fold) {
    throw DataError(
        fmt::format("{}: of a model that was trained on every sample; it is no fold of an experiment", file.path));
  }
  for (const char* role : {"folds", "model", "model_run", "shards"}) input(file, role);
  if (*file.metrics.fold >= folds_count(file)) {
    throw DataError(
        fmt::format("{}: fold {} of {} folds; run eval-fold again", file.path, *file.metrics.fold, folds_count(file)));
  }
  check_resolution(file);
}

[[noreturn]] void refuse_pair(const MetricsFile& a, const MetricsFile& b, const std::string& what) {
  throw DataError(fmt::format("{} and {}: {}; give the files of one study", a.path, b.path, what));
}

void require_same_study(const MetricsFile& a, const MetricsFile& b) {
  if (input(a, "folds") != input(b, "folds")) refuse_pair(a, b, "made with different folds");
  if (folds_count(a) != folds_count(b)) {
    refuse_pair(a, b, fmt::format("made with different numbers of folds, {} and {}", folds_count(a), folds_count(b)));
  }
  if (a.metrics.classes != b.metrics.classes) refuse_pair(a, b, "made with different lists of classes");
}

void require_same_grid(const MetricsFile& a, const MetricsFile& b) {
  if (a.metrics.resolution != b.metrics.resolution) {
    refuse_pair(a, b,
                fmt::format("scored on different label grids, {} and {}", a.metrics.resolution, b.metrics.resolution));
  }
}

/// Experiments may read shards of different image sizes; the truth that they are scored against is the same.
void require_same_official_truth(const MetricsFile& a, const MetricsFile& b) {
  require_same_grid(a, b);
  if (truth_digest(a.metrics.per_image) != truth_digest(b.metrics.per_image))
    refuse_pair(a, b, "scored on different validation samples");
}

/// The files of one experiment and split by fold; every fold exactly once.
std::vector<const MetricsFile*> by_fold(const std::vector<MetricsFile>& files, const std::string& split, int k) {
  std::vector<const MetricsFile*> slots(static_cast<std::size_t>(k), nullptr);
  for (const MetricsFile& file : files) {
    if (file.metrics.split != split) continue;
    const int fold = file.metrics.fold.value();
    const MetricsFile*& slot = slots[static_cast<std::size_t>(fold)];
    if (slot != nullptr) refuse_pair(*slot, file, fmt::format("both are fold {} on the split '{}'", fold, split));
    slot = &file;
  }
  std::vector<std::string> missing;
  for (std::size_t fold = 0; fold < slots.size(); ++fold) {
    if (slots[fold] == nullptr) missing.push_back(std::to_string(fold));
  }
  if (!missing.empty()) {
    throw DataError(fmt::format(
        "experiment '{}': the metrics on the split '{}' of fold {} are missing; make each by eval-fold {}",
        files.front().metrics.experiment, split, list_text(missing),
        split == kOfficial ? "--shards VAL.h5" : "--shards TRAIN.h5 --folds F.json --fold I --resolution low"));
  }
  return slots;
}

/// No sample is held out twice, and none that some fold trained on counts as official.
void require_disjoint(const std::vector<FoldResult>& folds) {
  std::map<std::string, const MetricsFile*> owner;
  for (const FoldResult& fold : folds) {
    for (const ImageCounts& image : fold.held_out.metrics.per_image) {
      const auto [place, is_new] = owner.emplace(image.name, &fold.held_out);
      if (!is_new)
        refuse_pair(*place->second, fold.held_out, fmt::format("sample '{}' is held out in both", image.name));
    }
  }
  const MetricsFile& official = folds.front().official;
  for (const ImageCounts& image : official.metrics.per_image) {
    const auto found = owner.find(image.name);
    if (found == owner.end()) continue;
    throw DataError(
        fmt::format("{}: sample '{}' is held out in {}, so other folds trained on it; score the models on the "
                    "official validation split, which no fold has seen",
                    official.path, image.name, found->second->path));
  }
}

Experiment assemble(const std::vector<MetricsFile>& files, std::optional<int> expect_folds) {
  const MetricsFile& first = files.front();
  for (const MetricsFile& file : files) require_same_study(first, file);
  const int k = folds_count(first);
  if (expect_folds && k != *expect_folds) {
    throw DataError(fmt::format("{}: made with {} folds, expected {} (--expect-folds)", first.path, k, *expect_folds));
  }
  const auto held_out = by_fold(files, kHeldOut, k);
  const auto official = by_fold(files, kOfficial, k);
  Experiment experiment{first.metrics.experiment, seed_of(first), input(first, "folds"), first.metrics.classes, {}};
  for (std::size_t fold = 0; fold < held_out.size(); ++fold) {
    const MetricsFile& own = *held_out[fold];
    const MetricsFile& other = *official[fold];
    if (input(own, "model_run") != input(other, "model_run") || input(own, "model") != input(other, "model")) {
      refuse_pair(own, other, "scores of two different models of one fold");
    }
    require_same_grid(*held_out.front(), own);
    require_same_official_truth(*official.front(), other);
    experiment.folds.push_back({own, other});
  }
  require_disjoint(experiment.folds);
  return experiment;
}

}  // namespace

std::vector<MetricsFile> read_metrics_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<MetricsFile> files;
  for (const auto& path : paths) {
    SealedMetrics read = read_metrics(path);
    files.push_back({path.string(), std::move(read.metrics), std::move(read.seal)});
    check_provenance(files.back());
  }
  return files;
}

void require_one_experiment(const std::vector<MetricsFile>& files) {
  for (const MetricsFile& file : files) {
    const MetricsFile& first = files.front();
    if (file.metrics.experiment != first.metrics.experiment) {
      refuse_pair(
          first, file,
          fmt::format("of different experiments, '{}' and '{}'", first.metrics.experiment, file.metrics.experiment));
    }
    if (seed_of(file) != seed_of(first)) {
      refuse_pair(first, file, fmt::format("trained with different seeds, {} and {}", seed_of(first), seed_of(file)));
    }
  }
}

std::vector<Experiment> assemble_experiments(const std::vector<MetricsFile>& files, std::optional<int> expect_folds) {
  std::map<std::pair<std::string, std::string>, std::vector<MetricsFile>> by_name_and_seed;
  for (const MetricsFile& file : files) by_name_and_seed[{file.metrics.experiment, seed_of(file)}].push_back(file);
  std::vector<Experiment> experiments;
  for (const auto& [key, own] : by_name_and_seed) experiments.push_back(assemble(own, expect_folds));
  return experiments;
}

std::vector<double> final_mious(const Experiment& experiment, MetricsFile FoldResult::* split) {
  std::vector<double> mious;
  for (const FoldResult& fold : experiment.folds) {
    const MetricsFile& file = fold.*split;
    mious.push_back(file.metrics.confusion.mean_iou());
    if (std::isnan(mious.back())) {
      throw DataError(fmt::format("{}: not one pixel was scored; check its samples", file.path));
    }
  }
  return mious;
}

std::size_t find_baseline(const std::vector<std::string>& names, const std::string& baseline) {
  const auto place = std::ranges::find(names, baseline);
  if (place != names.end()) return static_cast<std::size_t>(place - names.begin());
  const std::string near = nearest_name(baseline, names);
  throw UsageError(fmt::format(
      "--baseline: no experiment is called '{}'{}", baseline,
      near.empty() ? fmt::format("; there are {}", list_text(names)) : fmt::format(", did you mean '{}'?", near)));
}

Seal aggregate_seal(const std::vector<Experiment>& experiments) {
  Sha256 metrics;
  Json names = Json::array();
  for (const Experiment& experiment : experiments) {
    names.push_back(experiment.name);
    for (const FoldResult& fold : experiment.folds) {
      metrics.update(fold.held_out.seal.content).update(fold.official.seal.content);
    }
  }
  Seal seal;
  seal.tool = "aggregate";
  seal.results_version = results_version(seal.tool);
  seal.parameters = {{"experiments", names}, {"folds_count", experiments.front().folds.size()}};
  seal.inputs = {{"folds", experiments.front().folds_digest}, {"metrics", metrics.hex()}};
  return seal;
}

void require_comparable(const std::vector<Experiment>& experiments) {
  for (const Experiment& experiment : experiments) {
    require_same_study(experiments.front().first(), experiment.first());
    require_same_official_truth(experiments.front().first(), experiment.first());
  }
}

}  // namespace segfold
