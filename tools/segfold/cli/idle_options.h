#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace segfold::cli {

/// An option that acts only beside certain values of another one.
struct Condition {
  std::string option;          ///< "--poly-power"
  std::function<bool()> acts;  ///< asked after the command line was read
  std::string needs;           ///< "--schedule poly"
};

/// Refuses options that were given and do nothing: accepted and ignored they would mislead.
/// @throws UsageError naming the option and what it needs, while the app parses.
void refuse_idle_options(CLI::App& app, std::vector<Condition> conditions);

}  // namespace segfold::cli
