#pragma once

#include <CLI/CLI.hpp>

#include "segfold/train/training_options.h"

namespace segfold::cli {

/// One option for every hyper-parameter.
void add_training(CLI::App& app, TrainingOptions& options);

}  // namespace segfold::cli
