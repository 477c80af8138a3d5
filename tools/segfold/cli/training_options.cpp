#include "segfold/cli/training_options.h"

#include <algorithm>

#include "segfold/cli/network_options.h"
#include "segfold/cli/options.h"

namespace segfold::cli {

namespace {

void add_schedule(CLI::App& app, ScheduleOptions& o) {
  add_choice(app, "--schedule", o.kind,
             {{"plateau", ScheduleKind::kPlateau},
              {"constant", ScheduleKind::kConstant},
              {"poly", ScheduleKind::kPoly},
              {"cosine", ScheduleKind::kCosine}},
             "Learning rate over the training");
  app.add_option("--plateau-factor", o.plateau.factor, "Factor when the held-out loss stops falling, (0, 1)")
      ->capture_default_str();
  app.add_option("--plateau-patience", o.plateau.patience, "Epochs without improvement that are borne")
      ->capture_default_str();
  app.add_option("--plateau-threshold", o.plateau.threshold, "Least relative improvement")->capture_default_str();
  app.add_option("--poly-power", o.poly_power, "poly: power of the share that is left")->capture_default_str();
  app.add_option("--lr-floor", o.lr_floor, "poly, cosine: learning rate at the end")->capture_default_str();
  app.add_option("--warmup-steps", o.warmup_steps, "Updates in which the learning rate rises; not with plateau")
      ->capture_default_str();
  app.add_option("--warmup-factor", o.warmup_factor, "Of the learning rate in the first of them, (0, 1]")
      ->capture_default_str();
}

void add_optimizer(CLI::App& app, OptimizerOptions& o) {
  add_choice(app, "--optimizer", o.kind,
             {{"adam", OptimizerKind::kAdam}, {"adamw", OptimizerKind::kAdamW}, {"sgd", OptimizerKind::kSgd}},
             "How gradients change weights");
  app.add_option("--momentum", o.momentum, "sgd: momentum, [0, 1)")->capture_default_str();
  app.add_option("--weight-decay", o.weight_decay, "L2 penalty; adamw: decoupled; [0, 1)")->capture_default_str();
  app.add_option("--encoder-lr-factor", o.encoder_lr_factor, "Learning rate of the encoder over that of the rest")
      ->capture_default_str();
  app.add_option("--clip-norm", o.clip_norm, "Largest L2 norm of all gradients together; 0 = any")
      ->capture_default_str();
}

void add_loss(CLI::App& app, LossOptions& o) {
  add_choice(
      app, "--loss", o.kind,
      {{"ce", LossKind::kCrossEntropy}, {"weighted-ce", LossKind::kWeighted}, {"ce-dice", LossKind::kCrossEntropyDice}},
      "What is minimised");
  add_choice(app, "--class-weights", o.class_weighting,
             {{"inverse", ClassWeighting::kInverse},
              {"median", ClassWeighting::kMedian},
              {"effective", ClassWeighting::kEffective},
              {"enet", ClassWeighting::kEnet}},
             "weighted-ce: weights from the training samples' class pixels");
  app.add_option("--ce-weight", o.ce_weight, "ce-dice: weight of the cross-entropy")->capture_default_str();
  app.add_option("--dice-weight", o.dice_weight, "ce-dice: weight of the Dice term")->capture_default_str();
  app.add_option("--label-smoothing", o.label_smoothing, "Share of the target spread over all classes, [0, 1)")
      ->capture_default_str();
}

void add_normalisation(CLI::App& app, std::optional<Normalisation>& normalisation) {
  const std::map<std::string, Normalisation> known{{"imagenet", Normalisation{}}, {"unit", kUnitNormalisation}};
  app.add_option_function<std::string>(
         "--normalisation",
         [&normalisation, known](const std::string& word) {
           normalisation.reset();
           if (const auto found = known.find(word); found != known.end()) normalisation = found->second;
         },
         "ImageNet's mean and deviation, or values in [0, 1]; auto: unit for unet")
      ->check(CLI::IsMember({"auto", "imagenet", "unit"}))
      ->type_name("auto|imagenet|unit")
      ->default_str("auto");
}

void add_norm(CLI::App& app, TrainingOptions& o) {
  app.add_option_function<std::string>(
         "--norm",
         [&o](const std::string& word) {
           o.frozen_norms = word == "frozen";
           o.model.norm = word == "group" ? NormKind::kGroup : NormKind::kBatch;
         },
         "Normalisation of feature maps; frozen: batch, with the statistics and weights it begins with")
      ->check(CLI::IsMember({"batch", "group", "frozen"}))
      ->type_name("batch|group|frozen")
      ->default_str("batch");
}

}  // namespace

void add_training(CLI::App& app, TrainingOptions& o) {
  add_choice(app, "--arch", o.model.architecture,
             {{"unet-resnet50", Architecture::kUNetResNet50}, {"unet", Architecture::kUNet}}, "Network");
  app.add_option("--width", o.model.width, "unet: channels of its first level")->capture_default_str();
  app.add_option("--dropout", o.model.dropout, "Probability of Dropout2d in the bottleneck, [0, 1)")
      ->capture_default_str();
  CLI::Option* epochs = app.add_option("--epochs", o.epochs, "Passes over the training samples")->capture_default_str();
  app.add_option("--steps", o.steps, "Updates of the whole training, instead of --epochs")->excludes(epochs);
  app.add_option("--batch-size", o.batch_size, "Samples per step")->capture_default_str();
  app.add_option("--accumulate", o.accumulate, "Batches per update, each counted by its labelled pixels")
      ->capture_default_str();
  app.add_option("--lr", o.lr, "Learning rate")->capture_default_str();
  add_schedule(app, o.schedule);
  add_optimizer(app, o.optimizer);
  add_loss(app, o.loss);
  app.add_option("--ema", o.ema,
                 "Decay (reached after a warm-up) of the averages that are scored and written; 0 = none")
      ->capture_default_str();
  app.add_option("--freeze-encoder-epochs", o.freeze_encoder_epochs, "First epochs in which the encoder stays as it is")
      ->capture_default_str();
  app.add_option("--auxiliary-weight", o.auxiliary_weight, "Weight of an auxiliary head's loss; 0 = no such head")
      ->capture_default_str();
  add_norm(app, o);
  add_normalisation(app, o.normalisation);
  add_seed(app, "--seed", o.seed, "Seed of every random draw");
  app.add_option("--low-res-every", o.low_res_every, "Epochs between mIoUs on the held-out fold")
      ->capture_default_str();
  app.add_option("--full-res-every", o.full_res_every, "Epochs between mIoUs on --val-shards")->capture_default_str();
  add_transform(app, o.transform);
}

std::vector<Condition> training_conditions(const TrainingOptions& o) {
  const auto schedule = [&o](std::initializer_list<ScheduleKind> kinds) {
    return [&o, kinds = std::vector(kinds)] { return std::ranges::count(kinds, o.schedule.kind) > 0; };
  };
  const auto loss = [&o](LossKind kind) { return [&o, kind] { return o.loss.kind == kind; }; };
  std::vector<Condition> conditions{
      {"--width", [&o] { return o.model.architecture == Architecture::kUNet; }, "--arch unet"},
      {"--plateau-factor", schedule({ScheduleKind::kPlateau}), "--schedule plateau"},
      {"--plateau-patience", schedule({ScheduleKind::kPlateau}), "--schedule plateau"},
      {"--plateau-threshold", schedule({ScheduleKind::kPlateau}), "--schedule plateau"},
      {"--poly-power", schedule({ScheduleKind::kPoly}), "--schedule poly"},
      {"--warmup-factor", [&o] { return o.schedule.warmup_steps > 0; }, "--warmup-steps"},
      {"--momentum", [&o] { return o.optimizer.kind == OptimizerKind::kSgd; }, "--optimizer sgd"},
      {"--class-weights", loss(LossKind::kWeighted), "--loss weighted-ce"},
      {"--ce-weight", loss(LossKind::kCrossEntropyDice), "--loss ce-dice"},
      {"--dice-weight", loss(LossKind::kCrossEntropyDice), "--loss ce-dice"},
  };
  for (Condition& condition : transform_conditions(o.transform)) conditions.push_back(std::move(condition));
  return conditions;
}

}  // namespace segfold::cli
