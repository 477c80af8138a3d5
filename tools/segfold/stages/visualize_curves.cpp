#include <fmt/format.h>

#include <set>

#include "segfold/base/outputs.h"
#include "segfold/base/version.h"
#include "segfold/data/history.h"
#include "segfold/report/chart.h"
#include "segfold/report/figure.h"
#include "segfold/stages/visualize.h"

namespace segfold {
namespace {

/// Experiment and fold of a history: what its seal says, else its folders, <experiment>/fold<i>/history.csv.
struct Origin {
  std::string experiment;
  std::string fold;

  std::string text() const {
    return experiment.empty() || fold.empty() ? experiment + fold : fmt::format("{} · {}", experiment, fold);
  }
};

std::string fold_text(const Json& fold) {
  if (fold.is_number_integer()) return fmt::format("fold {}", fold.get<std::int64_t>());
  return fold == "all" ? "all samples" : "";
}

Origin origin_of(const std::filesystem::path& path, const Seal& seal) {
  const Json& parameters = seal.parameters;
  Origin origin;
  if (parameters.contains("experiment") && parameters["experiment"].is_string())
    origin.experiment = parameters["experiment"];
  if (parameters.contains("fold")) origin.fold = fold_text(parameters["fold"]);
  const std::filesystem::path folder = std::filesystem::absolute(path).lexically_normal().parent_path();
  if (origin.fold.empty()) origin.fold = folder.filename().string();
  if (origin.experiment.empty()) origin.experiment = folder.parent_path().filename().string();
  return origin;
}

/// The title is what all runs share, each label what sets its run apart.
std::string shared_title(const std::vector<Origin>& origins) {
  std::set<std::string> experiments;
  for (const Origin& origin : origins) experiments.insert(origin.experiment);
  if (origins.size() == 1) return origins.front().text();
  return experiments.size() == 1 ? *experiments.begin() : fmt::format("{} trainings", origins.size());
}

std::string run_label(const Origin& origin, const std::string& title) {
  return origin.experiment == title ? origin.fold : origin.text();
}

}  // namespace

void visualize_curves(const CurvesOptions& options) {
  options.check();
  prepare_outputs(options.histories, {options.output});
  Seal seal{"visualize", results_version("visualize"), {{"command", "curves"}}, {}, ""};
  std::vector<HistoryRun> runs;
  std::vector<Origin> origins;
  for (const std::filesystem::path& path : options.histories) {
    History history = read_history(path);
    origins.push_back(origin_of(path, history.seal));
    seal.inputs[fmt::format("history-{}", runs.size())] = scores_digest(history.rows);
    runs.push_back({"", std::move(history.rows)});
  }
  const std::string shared = shared_title(origins);
  const std::string title = options.title.empty() ? shared : options.title;
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i].label = run_label(origins[i], shared);
  seal.parameters["title"] = title;
  write_figure(options.output, draw_history(layout_history(title, runs)).picture(), std::move(seal));
}

}  // namespace segfold
