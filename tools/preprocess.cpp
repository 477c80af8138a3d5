#include "segfold/stages/preprocess.h"

#include <string>

#include "segfold/cli/options.h"
#include "segfold/cli/tool_main.h"

namespace {

void declare(CLI::App& app, segfold::PreprocessOptions& options) {
  using segfold::Interpolation;
  app.add_option("--images", options.images, "Folder of photos, {city}/*_leftImg8bit.png")
      ->required()
      ->type_name("DIR");
  app.add_option("--labels", options.labels, "Folder of label maps, {city}/*_gtFine_labelIds.png")
      ->required()
      ->type_name("DIR");
  segfold::cli::add_size(app, "--size", options.size, "Size of the stored images and labels")->required();
  app.add_option("--output", options.output, "Shard to write")->required()->type_name("X.h5");
  segfold::cli::add_size(app, "--label-size", options.label_size, "Keep the labels' own size, padded to this one");
  app.add_option_function<std::string>(
         "--part", [&options](const std::string& text) { options.part = segfold::parse_part(text); },
         "Only the I-th (from 0) of N even slices of the sorted names")
      ->type_name("I/N")
      ->default_str("0/1");
  segfold::cli::add_choice<Interpolation>(app, "--interpolation", options.interpolation,
                                          {{"area", Interpolation::kArea}, {"linear", Interpolation::kLinear}},
                                          "How photos are resized");
  segfold::cli::add_dry_run(app, options.dry_run);
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::PreprocessOptions>(
      argc, argv, {.name = "preprocess", .description = "Turn photos and label maps of Cityscapes into a shard."},
      declare, segfold::preprocess);
}
