#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "segfold/cli/idle_options.h"
#include "segfold/nn/precision.h"
#include "segfold/train/transform.h"

namespace segfold::cli {

/// --crop…, --scale-min, --scale-max, --flip, --brightness, --contrast, --saturation, --hue, --occlusion….
void add_transform(CLI::App& app, TransformOptions& options);

/// Which of them act only beside others.
std::vector<Condition> transform_conditions(const TransformOptions& options);

/// --device.
void add_device(CLI::App& app, std::string& device);

/// --precision. @param description  also what auto means for the tool
void add_precision(CLI::App& app, PrecisionChoice& precision, const std::string& description);

}  // namespace segfold::cli
