#include "segfold/cli/network_options.h"
#include "segfold/cli/options.h"
#include "segfold/cli/tool_main.h"
#include "segfold/nn/versions.h"
#include "segfold/stages/eval_fold.h"

namespace {

using segfold::cli::add_choice;

void declare(CLI::App& app, segfold::EvalFoldOptions& o) {
  app.add_option("--model", o.model, "Weights of train-fold")->required()->type_name("W.pth");
  app.add_option("--shards", o.shards, "Shards with the samples to score")->required()->type_name("X.h5");
  app.add_option("--output", o.output, "metrics.json; with --occlusion occlusion.json")
      ->required()
      ->type_name("M.json");
  app.add_option("--folds", o.folds, "folds.json; with --fold, only the samples held out are scored")
      ->type_name("folds.json");
  app.add_option("--fold", o.fold, "Fold whose samples are scored, from 0");
  app.add_option("--predictions", o.predictions,
                 "Folder for label-id PNGs, as the benchmark server takes them; an older one is replaced as a whole")
      ->type_name("DIR");
  add_choice(app, "--resolution", o.resolution,
             {{"full", segfold::Resolution::kLabels}, {"low", segfold::Resolution::kInput}},
             "Compare at the labels' own size, or at the network's input size");
  app.add_option("--occlusion", o.occlusion,
                 "Shares of the photo to cover, such as 0,0.1,0.2: a curve of scores instead")
      ->delimiter(',');
  segfold::cli::add_dry_run(app, o.dry_run);
  segfold::cli::add_device(app, o.device);
  segfold::cli::add_precision(app, o.precision,
                              "Arithmetic of the convolutions; auto is what the model was trained with");
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::EvalFoldOptions>(
      argc, argv, {"eval-fold", "Score a network on held-out samples.", segfold::torch_versions}, declare,
      segfold::eval_fold);
}
