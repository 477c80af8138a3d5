#include "segfold/cli/network_options.h"

#include "segfold/cli/options.h"

namespace segfold::cli {

void add_augmentation(CLI::App& app, AugmentOptions& o) {
  app.add_option("--scale-min", o.scale_min, "Least random scale of the picture on its canvas")->capture_default_str();
  app.add_option("--scale-max", o.scale_max, "Largest; above 1 the picture fills the canvas as at 1")
      ->capture_default_str();
  app.add_option("--flip", o.flip, "Probability of a horizontal flip, [0, 1]")->capture_default_str();
  app.add_option("--brightness", o.brightness, "Amount of random brightness")->capture_default_str();
  app.add_option("--contrast", o.contrast, "Amount of random contrast")->capture_default_str();
  app.add_option("--saturation", o.saturation, "Amount of random saturation")->capture_default_str();
  app.add_option("--hue", o.hue, "Amount of random hue, in turns, [0, 0.5]")->capture_default_str();
}

void add_device(CLI::App& app, std::string& device) {
  app.add_option("--device", device, "auto, cpu or cuda[:N]; auto claims a free GPU where there is one")
      ->capture_default_str();
}

void add_precision(CLI::App& app, PrecisionChoice& precision, const std::string& description) {
  add_choice<PrecisionChoice>(
      app, "--precision", precision,
      {{"auto", PrecisionChoice::kAuto}, {"fp32", PrecisionChoice::kFp32}, {"bf16", PrecisionChoice::kBf16}},
      description);
}

}  // namespace segfold::cli
