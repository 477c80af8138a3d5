#pragma once

#include <CLI/CLI.hpp>
#include <vector>

#include "segfold/cli/idle_options.h"
#include "segfold/train/training_options.h"

namespace segfold::cli {

/// One option for every hyper-parameter.
void add_training(CLI::App& app, TrainingOptions& options);

/// Which of them act only beside others.
std::vector<Condition> training_conditions(const TrainingOptions& options);

}  // namespace segfold::cli
