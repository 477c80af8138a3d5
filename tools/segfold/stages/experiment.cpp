#include "segfold/stages/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "segfold/base/error.h"
#include "segfold/base/text.h"

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
  if (!parameters.is_object() || !parameters.contains("folds_count") ||
      !parameters["folds_count"].is_number_unsigned() || parameters["folds_count"].get<std::uint64_t>() < 2 ||
      parameters["folds_count"].get<std::uint64_t>() > kMostFolds) {
    throw DataError(fmt::format("{}: its seal does not say how many folds there are; run eval-fold again", file.path));
  }
  return parameters["folds_count"].get<int>();
}

/// The official split is scored at the labels' own size, a fold's own samples at the network's input size.
void check_resolution(const MetricsFile& file) {
  const std::string expected = file.metrics.split == kOfficial ? "full" : "low";
  const auto found = file.seal.parameters.value("resolution", expected);
  if (found == expected) return;
  throw DataError(fmt::format("{}: the split '{}' was scored at {} resolution; run eval-fold with --resolution {}",
                              file.path, file.metrics.split, found, expected == "full" ? "full" : "input"));
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

std::vector<std::string> sorted_names(const Metrics& metrics) {
  std::vector<std::string> names;
  for (const ImageCounts& image : metrics.per_image) names.push_back(image.name);
  std::sort(names.begin(), names.end());
  return names;
}

void require_same_grid(const MetricsFile& a, const MetricsFile& b) {
  if (a.metrics.resolution != b.metrics.resolution) {
    refuse_pair(a, b,
                fmt::format("scored on different label grids, {} and {}", a.metrics.resolution, b.metrics.resolution));
  }
}

void require_same_official_samples(const MetricsFile& a, const MetricsFile& b) {
  require_same_grid(a, b);
  if (input(a, "shards") != input(b, "shards") || sorted_names(a.metrics) != sorted_names(b.metrics)) {
    refuse_pair(a, b, "scored on different validation samples");
  }
}

/// The files of one experiment and split by fold; every fold exactly once.
std::vector<const MetricsFile*> by_fold(const std::vector<MetricsFile>& files, const std::string& split, int k) {
  std::vector<const MetricsFile*> slots(static_cast<std::size_t>(k), nullptr);
  for (const MetricsFile& file : files) {
    if (file.metrics.split != split) continue;
    const MetricsFile*& slot = slots[static_cast<std::size_t>(*file.metrics.fold)];
    if (slot != nullptr)
      refuse_pair(*slot, file, fmt::format("both are fold {} on the split '{}'", *file.metrics.fold, split));
    slot = &file;
  }
  std::vector<std::string> missing;
  for (std::size_t fold = 0; fold < slots.size(); ++fold) {
    if (slots[fold] == nullptr) missing.push_back(std::to_string(fold));
  }
  if (!missing.empty()) {
    throw DataError(
        fmt::format("experiment '{}': the metrics on the split '{}' of fold {} are missing; run eval-fold for them",
                    files.front().metrics.experiment, split, list_text(missing)));
  }
  return slots;
}

void require_disjoint(const std::vector<FoldResult>& folds) {
  std::map<std::string, const MetricsFile*> owner;
  for (const FoldResult& fold : folds) {
    for (const ImageCounts& image : fold.held_out.metrics.per_image) {
      const auto [place, is_new] = owner.emplace(image.name, &fold.held_out);
      if (!is_new)
        refuse_pair(*place->second, fold.held_out, fmt::format("sample '{}' is held out in both", image.name));
    }
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
  Experiment experiment{first.metrics.experiment, input(first, "folds"), first.metrics.classes, {}};
  for (std::size_t fold = 0; fold < held_out.size(); ++fold) {
    const MetricsFile& own = *held_out[fold];
    const MetricsFile& other = *official[fold];
    if (input(own, "model_run") != input(other, "model_run") || input(own, "model") != input(other, "model")) {
      refuse_pair(own, other, "scores of two different models of one fold");
    }
    require_same_grid(*held_out.front(), own);
    require_same_official_samples(*official.front(), other);
    experiment.folds.push_back({own, other});
  }
  require_disjoint(experiment.folds);
  return experiment;
}

/// What must be equal in all trainings of an experiment.
Json shared_parameters(const HistoryFile& file) {
  Json parameters = file.history.seal.parameters;
  // Folds may run on different machines of a cluster.
  for (const char* key : {"fold", "threads", "device", "capability"}) {
    if (parameters.is_object()) parameters.erase(key);
  }
  return parameters;
}

[[noreturn]] void refuse_histories(const std::string& a, const std::string& b, const std::string& what) {
  throw DataError(fmt::format("{} and {}: {}; give one history per fold, of one experiment", a, b, what));
}

/// What is summarised as final must be the last weights, not the best on the held-out fold.
void require_last_weights(const MetricsFile& metrics, const HistoryFile& file) {
  const Json& parameters = metrics.seal.parameters;
  const std::size_t last = file.history.rows.size();
  if (!parameters.contains("epoch") || parameters["epoch"] == Json(last)) return;
  throw DataError(fmt::format("{}: scores of the weights of epoch {}, the last is {}; give those of the last weights",
                              metrics.path, parameters["epoch"].dump(), last));
}

void require_same_training(const HistoryFile& a, const HistoryFile& b) {
  const Json one = shared_parameters(a);
  const Json other = shared_parameters(b);
  if (one != other) {
    std::string differing;
    for (const auto& [key, value] : one.items()) {
      if (!other.contains(key) || other[key] != value) differing += (differing.empty() ? "" : ", ") + key;
    }
    refuse_histories(
        a.path, b.path,
        fmt::format("trained with different parameters ({})", differing.empty() ? "one has more" : differing));
  }
  if (a.history.seal.results_version != b.history.seal.results_version) {
    refuse_histories(a.path, b.path, "trained by different versions of train-fold");
  }
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

std::vector<HistoryFile> read_history_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<HistoryFile> files;
  for (const auto& path : paths) files.push_back({path.string(), read_history(path)});
  return files;
}

std::vector<Experiment> assemble_experiments(const std::vector<MetricsFile>& files, std::optional<int> expect_folds) {
  std::map<std::string, std::vector<MetricsFile>> by_name;
  for (const MetricsFile& file : files) by_name[file.metrics.experiment].push_back(file);
  std::vector<Experiment> experiments;
  for (const auto& [name, own] : by_name) experiments.push_back(assemble(own, expect_folds));
  return experiments;
}

std::vector<HistoryFile> match_histories(const Experiment& experiment, std::vector<HistoryFile> files) {
  std::vector<std::optional<HistoryFile>> slots(experiment.folds.size());
  for (HistoryFile& file : files) {
    const std::string run = file.history.seal.run_digest();
    const auto fold = std::find_if(experiment.folds.begin(), experiment.folds.end(), [&](const FoldResult& result) {
      return input(result.official, "model_run") == run;
    });
    if (fold == experiment.folds.end()) {
      throw DataError(fmt::format(
          "{}: the history of another training than those of the metrics; give the histories of experiment '{}'",
          file.path, experiment.name));
    }
    auto& slot = slots[static_cast<std::size_t>(fold - experiment.folds.begin())];
    if (slot) refuse_histories(slot->path, file.path, "both are of one training");
    require_last_weights(fold->held_out, file);
    require_last_weights(fold->official, file);
    slot = std::move(file);
  }
  std::vector<HistoryFile> matched;
  for (std::size_t fold = 0; fold < slots.size(); ++fold) {
    if (!slots[fold])
      throw DataError(fmt::format("experiment '{}': the history of fold {} is missing; give it to --histories",
                                  experiment.name, fold));
    matched.push_back(std::move(*slots[fold]));
    require_same_training(matched.front(), matched.back());
  }
  return matched;
}

void require_comparable(const std::vector<Experiment>& experiments) {
  for (const Experiment& experiment : experiments) {
    require_same_study(experiments.front().first(), experiment.first());
    require_same_official_samples(experiments.front().first(), experiment.first());
  }
}

}  // namespace segfold
