#include "segfold/nn/model_options.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

TEST(Architecture, NamesReadBack) {
  for (const auto architecture : {Architecture::kUNetResNet50, Architecture::kUNet}) {
    EXPECT_EQ(architecture_from_name(architecture_name(architecture)), architecture);
  }
  EXPECT_EQ(architecture_name(Architecture::kUNetResNet50), "unet-resnet50");
}

TEST(Architecture, NamesTheKnownOnesForAnother) {
  for (const char* name : {"unet-resnet18", "UNet", ""}) {
    testing::expect_error<DataError>([&] { architecture_from_name(name); },
                                     {fmt::format("'{}'", name), "unet-resnet50 and unet"});
  }
}

TEST(ModelOptions, AreTheStudysByDefault) {
  const ModelOptions options;
  EXPECT_NO_THROW(options.check());
  EXPECT_EQ(options.architecture, Architecture::kUNetResNet50);
  EXPECT_EQ(options.classes, 19);
}

TEST(ModelOptions, RefuseAbsurdValues) {
  const auto refuse = [](auto field, auto value, const std::string& part) {
    ModelOptions options;
    options.*field = value;
    testing::expect_error<UsageError>([&] { options.check(); }, {part});
  };
  for (const int classes : {-1, 0, 255}) refuse(&ModelOptions::classes, classes, std::to_string(classes) + " classes");
  for (const int width : {-1, 0, 1025}) refuse(&ModelOptions::width, width, "width " + std::to_string(width));
  for (const double dropout : {-0.1, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
    refuse(&ModelOptions::dropout, dropout, "dropout");
  }
}

TEST(DeepestMap, IsASixteenthOrAThirtySecondOfTheImages) {
  ModelOptions options;
  EXPECT_EQ(deepest_map(options, {512, 1024}), (Size{16, 32}));
  EXPECT_EQ(deepest_map(options, {33, 32}), (Size{2, 1}));
  options.architecture = Architecture::kUNet;
  EXPECT_EQ(deepest_map(options, {512, 1024}), (Size{32, 64}));
  EXPECT_EQ(deepest_map(options, {15, 47}), (Size{0, 2}));
}

}  // namespace
}  // namespace segfold
