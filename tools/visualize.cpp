#include "segfold/stages/visualize.h"
#include "segfold/cli/network_options.h"
#include "segfold/cli/options.h"
#include "segfold/cli/tool_main.h"
#include "segfold/nn/versions.h"

namespace {

using segfold::VisualizeOptions;
namespace cli = segfold::cli;

CLI::App* add_figure(CLI::App& app, VisualizeOptions& options, std::filesystem::path& output, const std::string& name,
                     const std::string& description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->fallthrough();  // the flags that every tool has may stand behind the command
  command->callback([&options, name] { options.command = name; });
  command->add_option("--output", output, "Figure to write (PNG)")->required()->type_name("P.png");
  return command;
}

void add_sample_choice(CLI::App* command, std::vector<std::filesystem::path>& shards, segfold::SampleChoice& choice) {
  command->add_option("--shards", shards, "Shards that hold the samples")->required()->type_name("X.h5");
  auto* name = command->add_option("--name", choice.names, "Samples to show (city_seq_frame)")->type_name("NAME");
  command->add_option("--count", choice.count, "How many, evenly spread")->capture_default_str()->excludes(name);
}

void declare(CLI::App& app, VisualizeOptions& options) {
  app.require_subcommand(1);
  auto& [histories, curves_output, title] = options.curves;
  CLI::App* curves = add_figure(app, options, curves_output, "curves", "Losses, learning rate and mIoUs over epochs");
  curves->add_option("--history", histories, "history.csv of one training or several")->required()->type_name("H.csv");
  curves->add_option("--title", title, "Title; default: experiment and fold")->type_name("TITLE");
  auto& shown = options.prediction;
  CLI::App* prediction = add_figure(app, options, shown.output, "prediction", "Photo, truth, prediction side by side");
  prediction->add_option("--model", shown.model, "Model file (.pth or .safetensors)")->required()->type_name("W.pth");
  add_sample_choice(prediction, shown.shards, shown.choice);
  prediction->add_option("--title", shown.title, "Title; default: experiment and fold")->type_name("TITLE");
  cli::add_device(*prediction, shown.device);
  cli::add_precision(*prediction, shown.precision, "Arithmetic; auto is what the model was trained with");
  auto& [shards, samples_output, choice, transform, seed, fold, first_epoch, epochs] = options.samples;
  CLI::App* samples = add_figure(app, options, samples_output, "samples", "What the network sees after augmentation");
  add_sample_choice(samples, shards, choice);
  cli::add_seed(*samples, "--seed", seed, "Seed of the training");
  samples->add_option("--fold", fold, "Fold of the training")->capture_default_str()->type_name("I|all");
  samples->add_option("--first-epoch", first_epoch, "First epoch to show")->capture_default_str();
  samples->add_option("--epochs", epochs, "How many epochs to show, a column each")->capture_default_str();
  cli::add_transform(*samples, transform);
  cli::refuse_idle_options(*samples, cli::transform_conditions(transform));
  auto& [occlusion_curves, occlusion_output] = options.occlusion;
  CLI::App* occlusion = add_figure(app, options, occlusion_output, "occlusion", "mIoU over the occluded share");
  occlusion->add_option("--curves", occlusion_curves, "occlusion.json of every fold")->required()->type_name("O.json");
}

}  // namespace

int main(int argc, char** argv) {
  return cli::tool_main<VisualizeOptions>(argc, argv, {"visualize", "Draw figures.", segfold::torch_versions}, declare,
                                          segfold::visualize);
}
