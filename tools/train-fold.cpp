#include "segfold/cli/network_options.h"
#include "segfold/cli/options.h"
#include "segfold/cli/tool_main.h"
#include "segfold/cli/training_options.h"
#include "segfold/nn/versions.h"
#include "segfold/stages/train_fold.h"

namespace {

void declare_files(CLI::App& app, segfold::TrainFoldOptions& o) {
  app.add_option("--shards", o.shards, "Shards that hold every sample of the folds")->required()->type_name("X.h5");
  app.add_option("--folds", o.folds, "folds.json of split-folds")->required()->type_name("folds.json");
  app.add_option("--fold", o.fold, "Fold to hold out, from 0; 'all' trains on every sample")
      ->required()
      ->type_name("I|all");
  app.add_option("--output", o.output, "Weights of the last epoch, .pth or .safetensors; the best go beside it")
      ->required()
      ->type_name("W.pth");
  app.add_option("--history", o.history, "CSV with a row per epoch")->required()->type_name("H.csv");
  app.add_option("--state", o.state, "Folder for what a resumed run needs; gone again when done")
      ->required()
      ->type_name("DIR");
  app.add_option("--val-shards", o.val_shards, "Shards of the official validation split")->type_name("X.h5");
  app.add_option("--init", o.init, "Weights to begin with, .pth or .safetensors; the head alone may be another")
      ->type_name("W.pth");
  app.add_option("--encoder-weights", o.encoder_weights, "ResNet-50 to begin with, as torchvision names it")
      ->type_name("R.pth");
  app.add_option("--experiment", o.experiment, "Name in the provenance")->capture_default_str()->type_name("NAME");
  segfold::cli::add_dry_run(app, o.dry_run);
  app.add_flag("--fresh", o.fresh, "Start again although a saved state is there");
  app.add_option("--stop-after-epoch", o.stop_after_epoch, "Save the state and end with 75 after this epoch");
}

void declare(CLI::App& app, segfold::TrainFoldOptions& o) {
  declare_files(app, o);
  segfold::cli::add_training(app, o.training);
  segfold::cli::add_device(app, o.device);
  segfold::cli::add_precision(app, o.precision, "Arithmetic of the convolutions; auto asks the processor");
  app.add_option("--workers", o.workers, "Loader threads; results do not depend on it")->capture_default_str();
  std::vector<segfold::cli::Condition> conditions = segfold::cli::training_conditions(o.training);
  conditions.push_back({"--full-res-every", [&o] { return !o.val_shards.empty(); }, "--val-shards"});
  conditions.push_back({"--low-res-every", [&o] { return o.fold != "all"; }, "a --fold that is a number"});
  segfold::cli::refuse_idle_options(app, std::move(conditions));
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::TrainFoldOptions>(
      argc, argv, {"train-fold", "Train a network on all folds but one.", segfold::torch_versions}, declare,
      segfold::train_fold);
}
