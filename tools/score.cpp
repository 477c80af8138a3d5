#include "segfold/stages/score.h"

#include "segfold/cli/tool_main.h"

namespace {

void declare(CLI::App& app, segfold::ScoreOptions& options) {
  app.add_option("--predictions", options.predictions, "Folder of label-id PNGs, one {city}_{seq}_{frame}*.png a map")
      ->required()
      ->type_name("DIR");
  app.add_option("--labels", options.labels, "Folder of the truth, {city}/*_gtFine_{labelIds,instanceIds}.png")
      ->required()
      ->type_name("DIR");
  app.add_option("--output", options.output, "Result file with the official keys")->required()->type_name("R.json");
  app.add_flag("--per-image", options.per_image, "Add each image's pixels that count and those that are right");
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::ScoreOptions>(
      argc, argv, {.name = "score", .description = "Compute the official Cityscapes scores of label-id PNGs."}, declare,
      segfold::score);
}
