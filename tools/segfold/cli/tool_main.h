#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace segfold::cli {

/// What every tool has: name, one sentence, and what --version says of libraries that only some tools load.
struct ToolInfo {
  std::string name;
  std::string description;
  std::string (*library_versions)() = nullptr;  ///< further lines for --version, e.g. of LibTorch
};

/// Parses the command line (shared flags added: --version, --config, --threads, -q, -v), runs `run`, and maps every
/// exception to one line on stderr and the documented exit code. @param threads  where --threads goes
int run_tool(int argc, char** argv, const ToolInfo& info, const std::function<void(CLI::App&)>& declare, int& threads,
             const std::function<void()>& run);

/// The whole main function of a tool. `Options` needs a member `int threads` (0 = all this process may use).
template <class Options>
int tool_main(int argc, char** argv, const ToolInfo& info, void (*declare)(CLI::App&, Options&),
              void (*run)(const Options&)) {
  Options options;
  return run_tool(
      argc, argv, info, [&](CLI::App& app) { declare(app, options); }, options.threads, [&] { run(options); });
}

}  // namespace segfold::cli
