#include "segfold/cli/options.h"

#include <fmt/format.h>

#include <charconv>

#include "segfold/base/error.h"

namespace segfold::cli {
namespace {

template <class Target>
CLI::Option* add(CLI::App& app, const std::string& name, Target& target, const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [&target, name](const std::string& text) { target = with_context(name, [&] { return parse_size(text); }); },
          description)
      ->type_name("HxW");
}

}  // namespace

CLI::Option* add_size(CLI::App& app, const std::string& name, Size& size, const std::string& description) {
  CLI::Option* option = add(app, name, size, description);
  if (size.height > 0) option->default_str(to_string(size));
  return option;
}

CLI::Option* add_size(CLI::App& app, const std::string& name, std::optional<Size>& size,
                      const std::string& description) {
  return add(app, name, size, description);
}

CLI::Option* add_seed(CLI::App& app, const std::string& name, std::uint64_t& seed, const std::string& description) {
  const auto read = [&seed, name](const std::string& text) {
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, seed);
    if (error != std::errc() || stopped != end) {
      throw UsageError(fmt::format("{}: '{}' is not a whole number from 0 to 2^64 - 1", name, text));
    }
  };
  return app.add_option_function<std::string>(name, read, description)
      ->type_name("N")
      ->default_str(std::to_string(seed));
}

void add_dry_run(CLI::App& app, bool& dry_run) {
  app.add_flag(
      "--dry-run", dry_run,
      "Compute nothing; end with 0 if the outputs are there and this very command made them, else say why not");
}

}  // namespace segfold::cli
