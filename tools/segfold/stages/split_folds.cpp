#include "segfold/stages/split_folds.h"

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/base/outputs.h"
#include "segfold/base/text.h"
#include "segfold/base/version.h"
#include "segfold/data/fold_balance.h"
#include "segfold/data/shard.h"
#include "segfold/stages/fold_samples.h"

namespace segfold {
namespace {

constexpr int kMostFolds = 1000;

std::vector<SplitSample> samples_of(const ShardSet& shards) {
  std::vector<SplitSample> samples;
  for (std::int64_t i = 0; i < shards.size(); ++i) {
    samples.push_back({shards.name(i), shards.group(i), shards.class_pixels(i)});
  }
  return samples;
}

Seal make_seal(const SplitFoldsOptions& options, const ShardSet& shards) {
  Seal seal;
  seal.tool = "split-folds";
  seal.results_version = results_version(seal.tool);
  seal.parameters = {
      {"folds", options.folds}, {"seed", options.seed}, {"strategy", split_strategy_name(options.strategy)}};
  seal.inputs = {{"shards", shards.digest()}};
  return seal;
}

void log_balance(const FoldBalance& balance, const std::vector<std::string>& classes) {
  for (std::size_t fold = 0; fold < balance.sizes.size(); ++fold) {
    log_info("fold {}: {} of {}", fold, count_text(balance.sizes[fold], "sample"),
             count_text(balance.groups[fold], "group"));
  }
  if (balance.fold < 0) return;
  log_info("least even: fold {} differs by {:.2f} % of all pixels of the class '{}' from its share of the samples",
           balance.fold, 100 * balance.largest_deviation, classes.at(static_cast<std::size_t>(balance.class_index)));
}

}  // namespace

void SplitFoldsOptions::check() const {
  if (shards.empty()) throw UsageError("--shards: no file; give at least one shard");
  if (output.empty()) throw UsageError("--output: no file; name the folds.json to write");
  if (folds < 2 || folds > kMostFolds) {
    throw UsageError(fmt::format("--folds: {} is outside 2 to {}", folds, kMostFolds));
  }
}

void split_folds(const SplitFoldsOptions& options) {
  options.check();
  if (!options.dry_run) prepare_outputs(options.shards, {options.output});
  const ShardSet shards(options.shards);
  const Seal seal = make_seal(options, shards);
  if (options.dry_run) return require_made_by(seal, read_folds_seal(options.output), options.output);
  const std::vector<SplitSample> samples = samples_of(shards);
  const Folds folds = split_samples(samples, options.folds, options.seed, options.strategy);
  for (int fold = 0; fold < folds.count(); ++fold) {
    require_labelled(shards, samples_held_out(shards, folds, fold, options.output), fmt::format("fold {}", fold));
  }
  const FoldBalance balance = balance_of(folds, samples);
  write_folds(options.output, folds, seal, balance_to_json(balance, shards.classes()));
  log_info("{} samples in {} folds by '{}', seed {}", samples.size(), folds.count(),
           split_strategy_name(folds.strategy), folds.seed);
  log_balance(balance, shards.classes());
}

}  // namespace segfold
