#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "segfold/data/shard.h"
#include "segfold/nn/precision.h"
#include "segfold/report/panel.h"
#include "segfold/train/transform.h"

namespace segfold {

/// `curves`: losses, learning rate and mIoUs over epochs.
struct CurvesOptions {
  std::vector<std::filesystem::path> histories;  ///< one training each
  std::filesystem::path output;                  ///< PNG
  std::string title;                             ///< "" = experiment and fold, as the histories name them

  void check() const;
};

/// Which samples of a data set a figure shows.
struct SampleChoice {
  std::vector<std::string> names;  ///< these, in this order; empty = `count` of them, evenly spread
  int count = 4;
};

/// `prediction`: photo, truth and prediction side by side.
struct PredictionOptions {
  std::filesystem::path model;
  std::vector<std::filesystem::path> shards;
  std::filesystem::path output;  ///< PNG
  SampleChoice choice;
  std::string title;  ///< "" = what the model says of itself
  std::string device = "auto";
  PrecisionChoice precision = PrecisionChoice::kAuto;  ///< kAuto = what the model was trained with

  void check() const;
};

/// `samples`: what the network sees after augmentation.
struct SamplesOptions {
  std::vector<std::filesystem::path> shards;
  std::filesystem::path output;  ///< PNG
  SampleChoice choice{{}, 2};
  TransformOptions transform;
  std::uint64_t seed = 1;  ///< seed, fold and epoch as in training show what that training sees (but
                           ///< for patches, which here come from any sample of the shards)
  std::string fold = "0";  ///< held-out fold, from 0, or "all"
  int first_epoch = 1;
  int epochs = 3;  ///< one column each

  void check() const;
};

/// `occlusion`: mIoU of experiments over the occluded share of the photos.
struct OcclusionFigureOptions {
  std::vector<std::filesystem::path> curves;  ///< occlusion.json of every fold of the experiments
  std::filesystem::path output;               ///< PNG

  void check() const;
};

/// Options of the stage: one of four commands and what it needs.
struct VisualizeOptions {
  std::string command;  ///< "curves", "prediction", "samples" or "occlusion"; only that command's options are looked at
  CurvesOptions curves;
  PredictionOptions prediction;
  SamplesOptions samples;
  OcclusionFigureOptions occlusion;
  int threads = 0;  ///< for the network; 0 = all this process may use

  /// @throws UsageError
  void check() const;
};

/// Draws the figure that `command` names and writes it as a sealed PNG. @throws as the readers of its inputs,
/// UsageError for names that the shards do not hold.
void visualize(const VisualizeOptions& options);

void visualize_curves(const CurvesOptions& options);
void visualize_samples(const SamplesOptions& options);
void visualize_occlusion(const OcclusionFigureOptions& options);
void visualize_prediction(const PredictionOptions& options, int threads);

/// What a network makes of some samples.
struct PredictedRows {
  std::vector<PanelRow> rows;  ///< one per sample asked for, in that order; captions are left empty
  std::string title;           ///< what made them, e.g. "unet_resnet50 · fold 0"
  std::string model_digest;    ///< SHA-256 of the model's content
};

/// Loads the model and predicts samples, one image per forward pass, on the grid of their truth.
/// @param samples  indices into `shards`
PredictedRows predict_rows(const PredictionOptions& options, int threads, const ShardSet& shards,
                           const std::vector<std::int64_t>& samples);

}  // namespace segfold
