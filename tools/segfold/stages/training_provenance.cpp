#include "segfold/stages/training_provenance.h"

namespace segfold {
namespace {

Json fold_json(const std::string& text) {
  const auto fold = fold_from_text(text);
  return fold ? Json(*fold) : Json("all");
}

Json loss_json(const LossOptions& loss, const TrainingData& data) {
  Json document = {{"kind", loss_name(loss.kind)}, {"label_smoothing", loss.label_smoothing}};
  if (loss.kind == LossKind::kWeighted) {
    document["class_weighting"] = class_weighting_name(loss.class_weighting);
    Json weights = Json::object();
    for (std::size_t c = 0; c < data.class_weights.size(); ++c)
      weights[data.shards.classes()[c]] = data.class_weights[c];
    document["class_weights"] = std::move(weights);
  }
  if (loss.kind == LossKind::kCrossEntropyDice) {
    document["ce_weight"] = loss.ce_weight;
    document["dice_weight"] = loss.dice_weight;
  }
  return document;
}

Json schedule_json(const ScheduleOptions& schedule) {
  Json document = {{"kind", schedule_name(schedule.kind)}};
  if (schedule.kind == ScheduleKind::kPlateau) {
    document["factor"] = schedule.plateau.factor;
    document["patience"] = schedule.plateau.patience;
    document["threshold"] = schedule.plateau.threshold;
    return document;
  }
  document["warmup_steps"] = schedule.warmup_steps;
  document["warmup_factor"] = schedule.warmup_factor;
  if (schedule.kind == ScheduleKind::kConstant) return document;
  document["floor"] = schedule.lr_floor;
  if (schedule.kind == ScheduleKind::kPoly) document["power"] = schedule.poly_power;
  return document;
}

Json optimizer_json(const OptimizerOptions& optimizer) {
  Json document = {{"kind", optimizer_name(optimizer.kind)},
                   {"weight_decay", optimizer.weight_decay},
                   {"encoder_lr_factor", optimizer.encoder_lr_factor},
                   {"clip_norm", optimizer.clip_norm}};
  if (optimizer.kind == OptimizerKind::kSgd) document["momentum"] = optimizer.momentum;
  return document;
}

Json augment_json(const AugmentOptions& augment) {
  return {{"scale", {augment.scale_min, augment.scale_max}},
          {"flip", augment.flip},
          {"brightness", augment.brightness},
          {"contrast", augment.contrast},
          {"saturation", augment.saturation},
          {"hue", augment.hue}};
}

Json crop_json(const CropOptions& crop) {
  if (!crop.crop) return {};
  return {{"size", to_string(*crop.crop)},
          {"scale", {crop.scale_min, crop.scale_max}},
          {"max_class_share", crop.max_class_share},
          {"tries", crop.tries}};
}

Json occlusion_json(const OcclusionOptions& occlusion) {
  if (occlusion.probability == 0) return {};
  return {{"probability", occlusion.probability},
          {"rectangles", {occlusion.rectangles_min, occlusion.rectangles_max}},
          {"area", {occlusion.area_min, occlusion.area_max}},
          {"aspect", {occlusion.aspect_min, occlusion.aspect_max}},
          {"fill", occlusion_fill_name(occlusion.fill)},
          {"label", occlusion_label_name(occlusion.label)}};
}

}  // namespace

Json transform_json(const TransformOptions& transform) {
  return {{"crop", crop_json(transform.crop)},
          {"augment", augment_json(transform.augment)},
          {"occlusion", occlusion_json(transform.occlusion)}};
}

Json training_parameters(const TrainFoldOptions& options, const TrainingData& data, const Device& device,
                         Precision precision, int threads) {
  const TrainingOptions& t = options.training;
  const Normalisation normalisation = t.used_normalisation();
  return {{"experiment", options.experiment},
          {"fold", fold_json(options.fold)},
          {"arch", architecture_name(t.model.architecture)},
          {"width", t.model.architecture == Architecture::kUNet ? Json(t.model.width) : Json()},
          {"dropout", t.model.dropout},
          {"epochs", t.steps ? Json() : Json(t.epochs)},
          {"steps", t.steps ? Json(*t.steps) : Json()},
          {"batch_size", t.batch_size},
          {"accumulate", t.accumulate},
          {"lr", t.lr},
          {"schedule", schedule_json(t.schedule)},
          {"optimizer", optimizer_json(t.optimizer)},
          {"loss", loss_json(t.loss, data)},
          {"ema", t.ema},
          {"auxiliary_weight", t.auxiliary_weight},
          {"norm", t.frozen_norms ? "frozen" : norm_name(t.model.norm)},
          {"freeze_encoder_epochs", t.freeze_encoder_epochs},
          {"transform", transform_json(t.transform)},
          {"normalisation", {{"mean", normalisation.mean}, {"std", normalisation.std}}},
          {"seed", t.seed},
          {"low_res_every", t.low_res_every},
          {"full_res_every", t.full_res_every},
          {"precision", precision_name(precision)},
          {"threads", threads},
          {"device", device.is_cuda() ? "cuda" : "cpu"},
          {"capability", device.is_cuda() ? std::string() : torch_cpu_capability()}};
}

ModelInfo info_of_training(const TrainFoldOptions& options, const ShardSet& shards, const Folds& folds,
                           Precision precision, const Seal& seal) {
  ModelInfo info;
  info.options = options.training.model;
  info.classes = shards.classes();
  info.normalisation = options.training.used_normalisation();
  info.input_size = shards.image_size();
  info.precision = precision;
  info.experiment = options.experiment;
  info.fold = fold_from_text(options.fold);
  info.folds_count = folds.count();
  info.seal = seal;
  return info;
}

}  // namespace segfold
