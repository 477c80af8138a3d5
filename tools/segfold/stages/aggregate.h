#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace segfold {

struct AggregateOptions {
  std::vector<std::filesystem::path> metrics;    ///< of every fold: on its held-out samples, and on the official split
  std::vector<std::filesystem::path> histories;  ///< of every fold; for `output`
  std::filesystem::path output;                  ///< summary of one experiment (CSV)
  std::filesystem::path comparison;              ///< one row per experiment (CSV)
  std::filesystem::path comparison_json;         ///< everything that the comparison rests on
  std::vector<std::filesystem::path> occlusion_curves;  ///< occlusion.json of every fold of the experiments
  std::filesystem::path occlusion_table;                ///< two rows per experiment (CSV)
  std::string baseline;             ///< experiment that the others are compared to; "": of metrics' first
  std::optional<int> bootstrap;     ///< resamples for its intervals, 100–1,000,000; else 10,000
  std::optional<int> expect_folds;  ///< 2–1000
  int threads = 0;                  ///< not used: the work is too small

  /// @throws UsageError naming the option.
  void check() const;
};

/// Scores over folds: one experiment's summary, several experiments' comparison, their scores under occlusion. Both
/// rest on the last weights; "best" is a maximum over epochs on the held-out fold and so optimistic: nothing is ranked
/// by it.
/// @throws as read_metrics, read_history and assemble_experiments.
void aggregate(const AggregateOptions& options);

}  // namespace segfold
