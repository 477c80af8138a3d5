#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "segfold/base/error.h"
#include "segfold/stages/experiment.h"

namespace segfold {
namespace {

/// What must be equal in all trainings of an experiment.
Json shared_parameters(const HistoryFile& file) {
  Json parameters = file.history.seal.parameters;
  // Folds may run on different machines of a cluster.
  for (const char* key : {"fold", "threads", "device", "capability"}) {
    parameters.erase(key);
  }
  // Each fold weighs the classes by the pixels of its own training samples.
  if (parameters.contains("loss") && parameters["loss"].is_object()) parameters["loss"].erase("class_weights");
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

std::vector<HistoryFile> read_history_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<HistoryFile> files;
  for (const auto& path : paths) files.push_back({path.string(), read_history(path)});
  return files;
}

std::vector<HistoryFile> match_histories(const Experiment& experiment, std::vector<HistoryFile> files) {
  std::vector<std::optional<HistoryFile>> slots(experiment.folds.size());
  for (HistoryFile& file : files) {
    const std::string run = file.history.seal.run_digest();
    const auto fold = std::ranges::find_if(
        experiment.folds, [&](const FoldResult& result) { return result.official.seal.inputs.at("model_run") == run; });
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
    matched.push_back(std::move(slots[fold]).value());
    require_same_training(matched.front(), matched.back());
  }
  return matched;
}

}  // namespace segfold
