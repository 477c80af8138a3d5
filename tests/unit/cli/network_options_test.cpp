#include "segfold/cli/network_options.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold::cli {
namespace {

class NetworkOptions : public ::testing::Test {
 protected:
  NetworkOptions() {
    add_transform(app_, transform_);
    refuse_idle_options(app_, transform_conditions(transform_));
  }

  CLI::App app_;
  TransformOptions transform_;
};

TEST_F(NetworkOptions, FillTheTransform) {
  app_.parse(
      "--crop 16x32 --crop-scale-max 2 --crop-max-class-share 0.75 --flip 0.25 --hue 0.1 --occlusion 0.5 "
      "--occlusion-rectangles-max 7 --occlusion-aspect-min 0.5 --occlusion-fill patch --occlusion-label ignore");
  EXPECT_EQ(transform_.crop.crop, (Size{16, 32}));
  EXPECT_EQ(transform_.crop.scale_max, 2);
  EXPECT_EQ(transform_.crop.max_class_share, 0.75);
  EXPECT_EQ(transform_.augment.flip, 0.25);
  EXPECT_EQ(transform_.augment.hue, 0.1);
  EXPECT_EQ(transform_.occlusion.probability, 0.5);
  EXPECT_EQ(transform_.occlusion.rectangles_max, 7);
  EXPECT_EQ(transform_.occlusion.aspect_min, 0.5);
  EXPECT_EQ(transform_.occlusion.fill, OcclusionFill::kPatch);
  EXPECT_EQ(transform_.occlusion.label, OcclusionLabel::kIgnored);
}

TEST_F(NetworkOptions, RefuseThePartsOfACropOrAnOcclusionThatNeverHappens) {
  for (const CLI::Option* option : app_.get_options()) {
    const std::string name = option->get_name();
    const bool part = name.starts_with("--crop-") || name.starts_with("--occlusion-");
    if (!part) continue;
    const std::string value = name == "--occlusion-fill" ? "noise" : name == "--occlusion-label" ? "keep" : "1";
    testing::expect_error<UsageError>([&] { app_.parse(name + " " + value); }, {name + " does nothing without"});
  }
  EXPECT_THROW(app_.parse("--occlusion 0 --occlusion-fill noise"), UsageError);
}

TEST(DeviceAndPrecision, TakeTheirWords) {
  CLI::App app;
  std::string device = "auto";
  PrecisionChoice precision = PrecisionChoice::kAuto;
  add_device(app, device);
  add_precision(app, precision, "");
  app.parse("--device cuda:1 --precision bf16");
  EXPECT_EQ(device, "cuda:1");
  EXPECT_EQ(precision, PrecisionChoice::kBf16);
  EXPECT_THROW(app.parse("--precision fp16"), CLI::ValidationError);
}

}  // namespace
}  // namespace segfold::cli
