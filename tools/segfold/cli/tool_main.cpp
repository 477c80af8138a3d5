#include "segfold/cli/tool_main.h"

#include <H5public.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <opencv2/core/version.hpp>
#include <sstream>

#include "segfold/base/cpu.h"
#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/signals.h"
#include "segfold/base/text.h"
#include "segfold/base/version.h"
#include "segfold/cli/failure.h"

namespace segfold::cli {
namespace {

constexpr int kMaxThreads = 1024;

/// CLI11 ends the last line.
std::string version_text(const ToolInfo& info) {
  std::string text = fmt::format("{} {}\nresults version  {}\n", info.name, kVersion, results_version(info.name));
  text += info.library_versions != nullptr ? info.library_versions() : "LibTorch         not used\n";
  text += fmt::format("HDF5             {}.{}.{}\nOpenCV           {}\nSIMD             {}", H5_VERS_MAJOR,
                      H5_VERS_MINOR, H5_VERS_RELEASE, CV_VERSION, simd_level());
  return text;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const CLI::App* sub : app.get_subcommands({})) {
    for (const std::string& name : option_names(*sub)) names.push_back(name);
    names.push_back(sub->get_name());
  }
  return names;
}

std::string unknown_argument_text(const CLI::App& app) {
  std::string text;
  for (const std::string& argument : app.remaining(true)) {
    const std::string word = argument.substr(0, argument.find('='));
    const std::string near = nearest_name(word, option_names(app));
    text += fmt::format("{}unknown argument '{}'{}", text.empty() ? "" : "; ", argument,
                        near.empty() || near == word ? "" : fmt::format(", did you mean {}?", near));
  }
  return text;
}

/// Of a tool with commands that was given none of them.
std::string missing_command_text(const CLI::App& app) {
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
  const std::vector<std::string> unknown = app.remaining(true);
  const std::string first = unknown.empty() ? "" : unknown.front().substr(0, unknown.front().find('='));
  const std::vector<std::string> options = option_names(app);
  if (first.empty() || std::ranges::find(options, first) != options.end())
    return fmt::format("a command is required first: {}", list_text(commands));
  if (first.starts_with('-')) return unknown_argument_text(app);
  const std::string near = nearest_name(first, commands);
  return fmt::format("unknown command '{}'{}", first,
                     near.empty() ? "; known are " + list_text(commands) : fmt::format(", did you mean {}?", near));
}

/// Whether `text` is a number although CLI11 could not hold it.
bool is_whole_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

/// What is expected of a number that CLI11 could not read; nothing if `message` tells of something else.
std::string unreadable_value_text(const CLI::App& app, const std::string& message) {
  for (const CLI::App* command : app.get_subcommands()) {
    if (const std::string text = unreadable_value_text(*command, message); !text.empty()) return text;
  }
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    const std::string beginning = CLI::ConversionError(name, std::vector<std::string>()).what();
    if (!message.starts_with(beginning)) continue;
    const std::string type = option->get_type_name();
    const std::string value = message.substr(beginning.size());
    if (!type.empty() && is_whole_number(value)) return fmt::format("{}: {} is out of range", name, value);
    const std::string expected = type.empty()                ? "true or false"
                                 : type.starts_with("FLOAT") ? "a number"
                                                             : "a whole number";
    const std::string example = option->get_default_str();
    return fmt::format("{}: expected {}{}, got '{}'", name, expected, example.empty() ? "" : " such as " + example,
                       value);
  }
  return "";
}

/// "--width: given 2 times; give it once"; nothing if `message` tells of something else.
std::string repeated_option_text(const std::string& message) {
  constexpr std::string_view kTooMany = ": At Most 1 required but received ";
  const std::size_t place = message.find(kTooMany);
  if (place == std::string::npos) return "";
  return fmt::format("{}: given {} times; give it once", message.substr(0, place),
                     message.substr(place + kTooMany.size()));
}

/// A key of the --config file that is no option.
std::string unknown_key_text(const CLI::App& app, const std::string& key) {
  std::string near = nearest_name("--" + key, option_names(app));
  if (near.starts_with("--")) near.erase(0, 2);
  return fmt::format("{}: unknown key '{}'{}", app.get_config_ptr()->as<std::string>(), key,
                     near.empty() ? "" : fmt::format(", did you mean {}?", near));
}

/// CLI11's messages end in odd ways; ours are one sentence and say where help is.
int report_parse_error(const CLI::App& app, const ToolInfo& info, const CLI::ParseError& error) {
  std::string message = error.what();
  // A mistyped option is missing under its right name: the typo is what to tell.
  const bool may_be_typo = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                           dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (may_be_typo && app.get_require_subcommand_min() > app.get_subcommands().size()) {
    message = missing_command_text(app);
  } else if (may_be_typo && !app.remaining(true).empty()) {
    message = unknown_argument_text(app);
  }
  if (const std::string text = unreadable_value_text(app, message); !text.empty()) message = text;
  if (const std::string text = repeated_option_text(message); !text.empty()) message = text;
  const std::string_view unknown_key = CLI::ConfigError::Extras("").what();
  if (message.starts_with(unknown_key)) message = unknown_key_text(app, message.substr(unknown_key.size()));
  while (!message.empty() && (message.back() == '\n' || message.back() == '.')) message.pop_back();
  log_error(fmt::format("{}; {} --help lists the options", message, info.name));
  return static_cast<int>(error.get_name() == "FileError" ? ExitCode::kNotFound : ExitCode::kUsage);
}

/// Runs `action` and turns what leaves it into one line and an exit code.
template <class Action>
int guarded(const Action& action) {
  try {
    action();
    return static_cast<int>(ExitCode::kDone);
  } catch (const InterruptedError& stop) {
    log_line(Verbosity::kQuiet, "", stop.what());  // was asked for and is no error
    return static_cast<int>(stop.code());
  } catch (const std::exception& exception) {
    const Error failure = failure_of(exception);
    log_error(failure.what());
    return static_cast<int>(failure.code());
  }
}

/// The text of the file that --config names, handed to CLI11: that would wait at a pipe, read a device without end and
/// take what it got before a read error for the whole.
class ConfigText : public CLI::ConfigTOML {
 public:
  explicit ConfigText(std::string text) : text_(std::move(text)) {}
  std::vector<CLI::ConfigItem> from_config(std::istream& /*input*/) const override {
    std::istringstream text(text_);
    return CLI::ConfigTOML::from_config(text);
  }

 private:
  std::string text_;
};

std::string read_config_text(int argc, char** argv) {
  constexpr std::uint64_t kMostBytes = 1 << 20;
  constexpr std::string_view kOption = "--config";
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with(kOption)) continue;
    std::string text;
    if (word == kOption && i + 1 < argc) text = read_file(argv[i + 1], kMostBytes);
    if (word.starts_with("--config=")) text = read_file(word.substr(kOption.size() + 1), kMostBytes);
    if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
    if (!text.empty()) return text;
  }
  return "";
}

/// The flags that every tool has.
struct SharedFlags {
  bool quiet = false;
  bool verbose = false;
};

void add_shared(CLI::App& app, const ToolInfo& info, SharedFlags& flags, int& threads) {
  app.set_version_flag("--version", [&info] { return version_text(info); }, "Print the versions of tool and libraries");
  app.set_config("--config", "", "Read options from a TOML file; unknown keys are refused");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.add_option("--threads", threads, "Compute threads; 0 = all that this process may use")
      ->check(CLI::Range(0, kMaxThreads))
      ->capture_default_str();
  CLI::Option* quiet = app.add_flag("-q,--quiet", flags.quiet, "Say nothing but errors");
  app.add_flag("-v,--verbose", flags.verbose, "Say more")->excludes(quiet);
}

}  // namespace

int run_tool(int argc, char** argv, const ToolInfo& info, const std::function<void(CLI::App&)>& declare, int& threads,
             const std::function<void()>& run) {
  configure_log(info.name, Verbosity::kNormal);
  let_writes_fail();
  CLI::App app(info.description, info.name);
  SharedFlags flags;
  int status = 0;
  const int failed = guarded([&] {
    declare(app);
    add_shared(app, info, flags, threads);
    app.config_formatter(std::make_shared<ConfigText>(read_config_text(argc, argv)));
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& success) {
      status = -1;
      app.exit(success);
      std::fflush(stdout);
    } catch (const CLI::ParseError& error) {
      status = report_parse_error(app, info, error);
    }
  });
  if (failed != 0 || status != 0) return status == -1 ? 0 : std::max(failed, status);
  configure_log(info.name, flags.quiet ? Verbosity::kQuiet : flags.verbose ? Verbosity::kVerbose : Verbosity::kNormal);
  return guarded(run);
}

}  // namespace segfold::cli
