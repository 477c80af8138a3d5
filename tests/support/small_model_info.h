#pragma once

#include "segfold/nn/model_info.h"

namespace segfold::testing {

/// What train-fold could say of a small UNet of three classes.
inline ModelInfo small_model_info() {
  ModelInfo info;
  info.options.architecture = Architecture::kUNet;
  info.options.width = 4;
  info.options.classes = 3;
  info.classes = {"road", "car", "sky"};
  info.input_size = {32, 64};
  info.precision = Precision::kBf16;
  info.experiment = "trial";
  info.fold = 2;
  info.folds_count = 3;
  info.epoch = 7;
  info.seal.tool = "train-fold";
  info.seal.results_version = 1;
  info.seal.parameters = {{"seed", 42}, {"epochs", 7}};
  info.seal.inputs = {{"folds", std::string(64, 'f')}, {"shards", std::string(64, '5')}};
  return info;
}

}  // namespace segfold::testing
