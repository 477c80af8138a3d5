#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "segfold/base/seal.h"
#include "segfold/data/history.h"
#include "segfold/score/metrics.h"

namespace segfold::testing {

/// What the tools would have left of one fold's training and evaluation, made up: two classes, the same IoU for both.
/// Every member may be changed before write().
struct MadeUpFold {
  std::string experiment = "unet";
  int fold = 0;
  int folds_count = 3;
  std::vector<std::string> classes = {"road", "sky"};
  std::string folds_digest = std::string(64, 'f');
  std::string official_name = "validation";  ///< of the only image of the official split
  std::string official_city = "city";        ///< of that image
  std::uint64_t official_pixels = 100;       ///< of each class in it
  std::string official_resolution = "8x16";
  std::string model = "weights";           ///< what was scored on the held-out samples
  std::string official_model = "weights";  ///< what was scored on the official split
  std::string official_kind = "full";      ///< which resolution eval-fold was asked for
  std::string held_out_kind = "low";
  int scored_epoch = -1;                 ///< whose weights were scored; −1 = the last
  std::string held_out_name = "sample";  ///< of the only held-out image
  double lr = 0.1;
  int training_version = 1;  ///< results version of train-fold
  int seed = 1;
  std::uint64_t fullres_right = 50;       ///< of 100 pixels per class, that many are right: IoU = right / (200 − right)
  std::vector<std::uint64_t> city_right;  ///< if any: as many official images, each of a city of its own, for one
  std::uint64_t lowres_right = 60;
  std::vector<std::optional<double>> lowres_history = {0.1, 0.3, std::nullopt, 0.2};

  Seal training_seal() const {
    Seal seal;
    seal.tool = "train-fold";
    seal.results_version = training_version;
    // Class weights follow from each fold's own training samples.
    const Json loss = {{"kind", "weighted-ce"}, {"class_weights", {{"road", 1.0 + fold}}}};
    seal.parameters = {
        {"fold", fold}, {"lr", lr}, {"seed", seed}, {"loss", loss}, {"capability", fmt::format("cpu{}", fold)}};
    seal.inputs = {{"folds", folds_digest}, {"shards", std::string(64, 's')}};
    return seal;
  }

  Metrics metrics(const std::string& split) const {
    const bool official = split == "all";
    Metrics metrics;
    metrics.experiment = experiment;
    metrics.fold = fold;
    metrics.split = split;
    metrics.resolution = official ? official_resolution : "4x8";
    metrics.classes = classes;
    metrics.confusion = ConfusionMatrix(static_cast<int>(classes.size()));
    if (official && !city_right.empty()) {
      for (std::size_t i = 0; i < city_right.size(); ++i) {
        add_image(metrics, fmt::format("{}{}", official_name, i), fmt::format("city{}", i), city_right[i]);
      }
    } else if (official) {
      add_image(metrics, official_name, official_city, fullres_right);
    } else {
      add_image(metrics, fmt::format("{}{}", held_out_name, fold), "city", lowres_right);
    }
    return metrics;
  }

  /// Adds an image in which `right` pixels of each of the first two classes are right and the others swapped.
  void add_image(Metrics& metrics, const std::string& name, const std::string& city, std::uint64_t right) const {
    const std::uint64_t wrong = (metrics.split == "all" ? official_pixels : 100) - right;
    ConfusionMatrix matrix(metrics.confusion.classes());
    matrix.at(0, 0) = matrix.at(1, 1) = right;
    matrix.at(0, 1) = matrix.at(1, 0) = wrong;
    ImageCounts image{name, city, {}, {}, {}};
    for (int c = 0; c < matrix.classes(); ++c) {
      image.tp.push_back(matrix.true_positives(c));
      image.fp.push_back(matrix.false_positives(c));
      image.fn.push_back(matrix.false_negatives(c));
    }
    metrics.confusion += matrix;
    metrics.per_image.push_back(image);
  }

  Seal metrics_seal(const std::string& split) const {
    const bool official = split == "all";
    Seal seal;
    seal.tool = "eval-fold";
    seal.results_version = 1;
    seal.parameters = {{"fold", fold},
                       {"folds_count", folds_count},
                       {"seed", seed},
                       {"resolution", official ? official_kind : held_out_kind},
                       {"epoch", scored_epoch < 0 ? static_cast<int>(lowres_history.size()) : scored_epoch}};
    seal.inputs = {{"model_run", training_seal().run_digest()},
                   {"model", fmt::format("{}{}", official ? official_model : model, fold)},
                   {"folds", folds_digest},
                   {"shards", std::string(64, 's')}};
    return seal;
  }

  std::vector<HistoryRow> history() const {
    std::vector<HistoryRow> rows;
    for (std::size_t i = 0; i < lowres_history.size(); ++i) {
      rows.push_back({static_cast<int>(i) + 1, lr, 1.0, 1.0, lowres_history[i], {}, 1.0, 1.0, 0.0});
    }
    return rows;
  }

  std::filesystem::path held_out_path(const std::filesystem::path& folder) const {
    return folder / fmt::format("{}-{}", experiment, seed) / fmt::format("low{}.json", fold);
  }
  std::filesystem::path official_path(const std::filesystem::path& folder) const {
    return folder / fmt::format("{}-{}", experiment, seed) / fmt::format("full{}.json", fold);
  }
  std::filesystem::path history_path(const std::filesystem::path& folder) const {
    return folder / fmt::format("{}-{}", experiment, seed) / fmt::format("history{}.csv", fold);
  }

  void write(const std::filesystem::path& folder) const {
    write_metrics(held_out_path(folder), metrics("held-out"), metrics_seal("held-out"));
    write_metrics(official_path(folder), metrics("all"), metrics_seal("all"));
    write_sealed_text(history_path(folder), history_csv(history()), training_seal());
  }
};

}  // namespace segfold::testing
