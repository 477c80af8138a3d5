#include "segfold/stages/model_info.h"

#include "segfold/cli/tool_main.h"

namespace {

void declare(CLI::App& app, segfold::ModelInfoOptions& options) {
  app.add_option("FILE", options.file, "Weights, .pth or .safetensors")->required()->type_name("");
  CLI::Option* encoder = app.add_flag(
      "--encoder", options.encoder, "Only see whether train-fold --encoder-weights takes it: 0, or 65 saying why not");
  app.add_flag("--json", options.json, "Print JSON instead of text")->excludes(encoder);
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::ModelInfoOptions>(
      argc, argv, {.name = "model-info", .description = "Show what a weights file holds and what made it."}, declare,
      segfold::model_info);
}
