#include "segfold/stages/split_folds.h"

#include "segfold/cli/options.h"
#include "segfold/cli/tool_main.h"

namespace {

void declare(CLI::App& app, segfold::SplitFoldsOptions& options) {
  using segfold::SplitStrategy;
  app.add_option("--shards", options.shards, "Shards that hold the training samples")->required()->type_name("X.h5");
  app.add_option("--output", options.output, "Folds to write")->required()->type_name("folds.json");
  app.add_option("--folds", options.folds, "Number of folds, 2 to 1000")->capture_default_str();
  segfold::cli::add_seed(app, "--seed", options.seed, "Seed of the shuffling");
  segfold::cli::add_choice<SplitStrategy>(
      app, "--strategy", options.strategy,
      {{"shuffle", SplitStrategy::kShuffle},
       {"group", SplitStrategy::kGroup},
       {"stratified", SplitStrategy::kStratified}},
      "How samples are placed: at random, whole groups (cities), or by class pixels");
  segfold::cli::add_dry_run(app, options.dry_run);
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::SplitFoldsOptions>(
      argc, argv, {.name = "split-folds", .description = "Split the training samples into k folds."}, declare,
      segfold::split_folds);
}
