#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "segfold/base/size.h"

namespace segfold::cli {

/// An option that takes a size, "HxW".
CLI::Option* add_size(CLI::App& app, const std::string& name, Size& size, const std::string& description);
CLI::Option* add_size(CLI::App& app, const std::string& name, std::optional<Size>& size,
                      const std::string& description);

/// An option that takes a seed. CLI11 by itself reads −1 as 2^64 − 1.
CLI::Option* add_seed(CLI::App& app, const std::string& name, std::uint64_t& seed, const std::string& description);

/// --dry-run.
void add_dry_run(CLI::App& app, bool& dry_run);

/// An option that takes one of several words.
template <class Enum>
CLI::Option* add_choice(CLI::App& app, const std::string& name, Enum& value, const std::map<std::string, Enum>& choices,
                        const std::string& description) {
  std::string words;
  std::string current;
  for (const auto& [word, choice] : choices) {
    words += (words.empty() ? "" : "|") + word;
    if (choice == value) current = word;
  }
  return app
      .add_option_function<std::string>(
          name, [&value, choices](const std::string& word) { value = choices.at(word); }, description)
      ->check(CLI::IsMember(choices).description(""))
      ->type_name(words)
      ->default_str(current);
}

}  // namespace segfold::cli
