#include "segfold/cli/network_options.h"
#include "segfold/cli/options.h"
#include "segfold/cli/tool_main.h"
#include "segfold/nn/versions.h"
#include "segfold/stages/train_fold.h"

namespace {

using segfold::cli::add_choice;

void declare_files(CLI::App& app, segfold::TrainFoldOptions& o) {
  app.add_option("--shards", o.shards, "Shards that hold every sample of the folds")->required();
  app.add_option("--folds", o.folds, "folds.json of split-folds")->required();
  app.add_option("--fold", o.fold, "Fold to hold out, from 0; 'all' trains on every sample")->required();
  app.add_option("--output", o.output, "Weights of the last epoch, .pth or .safetensors; the best go beside it")
      ->required();
  app.add_option("--history", o.history, "CSV with a row per epoch")->required();
  app.add_option("--state", o.state, "Folder for what a resumed run needs; empty again when done")->required();
  app.add_option("--val-shards", o.val_shards, "Shards of the official validation split");
  app.add_option("--experiment", o.experiment, "Name in the provenance")->capture_default_str();
  app.add_flag("--fresh", o.fresh, "Start again although a saved state is there");
  app.add_option("--stop-after-epoch", o.stop_after_epoch, "Save the state and end with 75 after this epoch");
}

void declare_training(CLI::App& app, segfold::TrainingOptions& o) {
  add_choice(app, "--arch", o.model.architecture,
             {{"unet-resnet50", segfold::Architecture::kUNetResNet50}, {"unet", segfold::Architecture::kUNet}},
             "Network");
  app.add_option("--width", o.model.width, "unet: channels of its first level")->capture_default_str();
  app.add_option("--dropout", o.model.dropout, "Probability of Dropout2d in the bottleneck, [0, 1)")
      ->capture_default_str();
  app.add_option("--epochs", o.epochs, "Passes over the training samples")->capture_default_str();
  app.add_option("--batch-size", o.batch_size, "Samples per step")->capture_default_str();
  app.add_option("--lr", o.lr, "Learning rate of Adam")->capture_default_str();
  app.add_option("--weight-decay", o.adam.weight_decay, "L2 penalty, [0, 1)")->capture_default_str();
  add_choice(app, "--schedule", o.schedule,
             {{"plateau", segfold::ScheduleKind::kPlateau}, {"constant", segfold::ScheduleKind::kConstant}},
             "Learning rate over the epochs");
  app.add_option("--plateau-factor", o.plateau.factor, "Factor when the held-out loss stops falling, (0, 1)")
      ->capture_default_str();
  app.add_option("--plateau-patience", o.plateau.patience, "Epochs without improvement that are borne")
      ->capture_default_str();
  app.add_option("--plateau-threshold", o.plateau.threshold, "Least relative improvement")->capture_default_str();
  app.add_option("--seed", o.seed, "Seed of every random draw")->capture_default_str();
  app.add_option("--low-res-every", o.low_res_every, "Epochs between mIoUs on the held-out fold")
      ->capture_default_str();
  app.add_option("--full-res-every", o.full_res_every, "Epochs between mIoUs on --val-shards")->capture_default_str();
}

void declare(CLI::App& app, segfold::TrainFoldOptions& o) {
  declare_files(app, o);
  declare_training(app, o.training);
  segfold::cli::add_augmentation(app, o.training.augment);
  segfold::cli::add_device(app, o.device);
  add_choice(app, "--precision", o.precision,
             {{"auto", segfold::PrecisionChoice::kAuto},
              {"fp32", segfold::PrecisionChoice::kFp32},
              {"bf16", segfold::PrecisionChoice::kBf16}},
             "Arithmetic of the convolutions; auto asks the processor");
  app.add_option("--workers", o.workers, "Loader threads; results do not depend on it")->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::TrainFoldOptions>(
      argc, argv, {"train-fold", "Train a network on all folds but one.", segfold::torch_versions}, declare,
      segfold::train_fold);
}
