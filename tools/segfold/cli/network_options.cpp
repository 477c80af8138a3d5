#include "segfold/cli/network_options.h"

#include "segfold/cli/options.h"

namespace segfold::cli {

namespace {

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

void add_crop(CLI::App& app, CropOptions& o) {
  add_size(app, "--crop", o.crop, "Train on random crops of this size; the rest of the picture is not seen");
  app.add_option("--crop-scale-min", o.scale_min, "Least factor by which the picture is resized before the crop")
      ->capture_default_str();
  app.add_option("--crop-scale-max", o.scale_max, "Largest factor")->capture_default_str();
  app.add_option("--crop-max-class-share", o.max_class_share, "Share of a crop that one class stays below; 1 = any")
      ->capture_default_str();
}

void add_occlusion(CLI::App& app, OcclusionOptions& o) {
  app.add_option("--occlusion", o.probability, "Probability that rectangles cover parts of a picture, [0, 1]")
      ->capture_default_str();
  app.add_option("--occlusion-rectangles-min", o.rectangles_min, "Fewest rectangles of such a picture")
      ->capture_default_str();
  app.add_option("--occlusion-rectangles-max", o.rectangles_max, "Most rectangles")->capture_default_str();
  app.add_option("--occlusion-area-min", o.area_min, "Least share of the picture that one covers")
      ->capture_default_str();
  app.add_option("--occlusion-area-max", o.area_max, "Largest share")->capture_default_str();
  app.add_option("--occlusion-aspect-min", o.aspect_min, "Least width / height")->capture_default_str();
  app.add_option("--occlusion-aspect-max", o.aspect_max, "Largest width / height")->capture_default_str();
  add_choice<OcclusionFill>(app, "--occlusion-fill", o.fill,
                            {{"mean", OcclusionFill::kMean},
                             {"noise", OcclusionFill::kNoise},
                             {"black", OcclusionFill::kBlack},
                             {"patch", OcclusionFill::kPatch}},
                            "What covers: mean colour, noise, black, part of another sample");
  add_choice<OcclusionLabel>(app, "--occlusion-label", o.label,
                             {{"keep", OcclusionLabel::kKeep}, {"ignore", OcclusionLabel::kIgnored}},
                             "Whether covered pixels keep their label or count no more");
}

}  // namespace

void add_transform(CLI::App& app, TransformOptions& o) {
  add_crop(app, o.crop);
  add_augmentation(app, o.augment);
  add_occlusion(app, o.occlusion);
}

std::vector<Condition> transform_conditions(const TransformOptions& options) {
  std::vector<Condition> conditions;
  for (const char* option : {"--crop-scale-min", "--crop-scale-max", "--crop-max-class-share"}) {
    conditions.push_back({option, [&options] { return options.crop.crop.has_value(); }, "--crop"});
  }
  for (const char* part :
       {"rectangles-min", "rectangles-max", "area-min", "area-max", "aspect-min", "aspect-max", "fill", "label"}) {
    conditions.push_back(
        {std::string("--occlusion-") + part, [&options] { return options.occlusion.probability > 0; }, "--occlusion"});
  }
  return conditions;
}

void add_device(CLI::App& app, std::string& device) {
  app.add_option("--device", device, "auto, cpu or cuda[:N]; auto claims a free GPU where there is one")
      ->capture_default_str()
      ->type_name("DEVICE");
}

void add_precision(CLI::App& app, PrecisionChoice& precision, const std::string& description) {
  add_choice<PrecisionChoice>(
      app, "--precision", precision,
      {{"auto", PrecisionChoice::kAuto}, {"fp32", PrecisionChoice::kFp32}, {"bf16", PrecisionChoice::kBf16}},
      description);
}

}  // namespace segfold::cli
