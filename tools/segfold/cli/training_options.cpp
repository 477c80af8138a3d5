#include "segfold/cli/training_options.h"

#include "segfold/cli/network_options.h"
#include "segfold/cli/options.h"

namespace segfold::cli {

void add_training(CLI::App& app, TrainingOptions& o) {
  add_choice(app, "--arch", o.model.architecture,
             {{"unet-resnet50", Architecture::kUNetResNet50}, {"unet", Architecture::kUNet}}, "Network");
  app.add_option("--width", o.model.width, "unet: channels of its first level")->capture_default_str();
  app.add_option("--dropout", o.model.dropout, "Probability of Dropout2d in the bottleneck, [0, 1)")
      ->capture_default_str();
  app.add_option("--epochs", o.epochs, "Passes over the training samples")->capture_default_str();
  app.add_option("--batch-size", o.batch_size, "Samples per step")->capture_default_str();
  app.add_option("--lr", o.lr, "Learning rate of Adam")->capture_default_str();
  app.add_option("--weight-decay", o.adam.weight_decay, "L2 penalty, [0, 1)")->capture_default_str();
  add_choice(app, "--schedule", o.schedule,
             {{"plateau", ScheduleKind::kPlateau}, {"constant", ScheduleKind::kConstant}},
             "Learning rate over the epochs");
  app.add_option("--plateau-factor", o.plateau.factor, "Factor when the held-out loss stops falling, (0, 1)")
      ->capture_default_str();
  app.add_option("--plateau-patience", o.plateau.patience, "Epochs without improvement that are borne")
      ->capture_default_str();
  app.add_option("--plateau-threshold", o.plateau.threshold, "Least relative improvement")->capture_default_str();
  add_seed(app, "--seed", o.seed, "Seed of every random draw");
  app.add_option("--low-res-every", o.low_res_every, "Epochs between mIoUs on the held-out fold")
      ->capture_default_str();
  app.add_option("--full-res-every", o.full_res_every, "Epochs between mIoUs on --val-shards")->capture_default_str();
  add_augmentation(app, o.augment);
}

}  // namespace segfold::cli
