#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "segfold/image/augment.h"

namespace segfold::cli {

/// --scale-min, --scale-max, --flip, --brightness, --contrast, --saturation, --hue.
void add_augmentation(CLI::App& app, AugmentOptions& options);

/// --device.
void add_device(CLI::App& app, std::string& device);

}  // namespace segfold::cli
