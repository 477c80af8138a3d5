#include "segfold/stages/synthesize.h"

#include "segfold/cli/options.h"
#include "segfold/cli/tool_main.h"

namespace {

void declare(CLI::App& app, segfold::SynthesizeOptions& options) {
  app.add_option("--output", options.output, "Folder of the data set to write")->required()->type_name("DIR");
  app.add_option("--train", options.train, "Training scenes")->capture_default_str()->type_name("N");
  app.add_option("--val", options.val, "Validation scenes")->capture_default_str()->type_name("N");
  segfold::cli::add_size(app, "--size", options.size, "Size of the pictures");
  app.add_option("--cities", options.cities,
                 "Cities of both splits together, none is in both; default: the smaller of 4 and the scenes")
      ->type_name("N");
  segfold::cli::add_seed(app, "--seed", options.seed, "Seed of all scenes");
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::SynthesizeOptions>(
      argc, argv,
      {.name = "synthesize", .description = "Draw synthetic street scenes with known truth in Cityscapes' layout."},
      declare, segfold::synthesize);
}
