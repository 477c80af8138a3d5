#include "segfold/nn/unet_resnet50.h"  // NOLINT(misc-include-cleaner): what is tested, by way of make_model

#include <gtest/gtest.h>

namespace segfold {
namespace {

using Sizes = std::vector<std::int64_t>;

/// The network costs seconds to build: all tests share one.
class UNetResNet50Test : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    model() = make_model({});
    model()->eval();
  }
  static void TearDownTestSuite() { model().reset(); }
  static SegmentationModel& model() {
    static SegmentationModel shared;
    return shared;
  }
};

TEST_F(UNetResNet50Test, HasTheStudysDecoder) {
  const auto parameters = model()->named_parameters();
  const auto shape = [&](const std::string& name) { return parameters[name + ".weight"].sizes(); };
  EXPECT_EQ(shape("encoder.layer4.2.conv3"), (Sizes{2048, 512, 1, 1}));
  EXPECT_EQ(shape("bottleneck.conv1"), (Sizes{1024, 2048, 3, 3}));
  EXPECT_EQ(shape("decoder.0.up"), (Sizes{1024, 512, 2, 2}));
  EXPECT_EQ(shape("decoder.0.conv1"), (Sizes{512, 512 + 1024, 3, 3}));
  EXPECT_EQ(shape("decoder.1.conv1"), (Sizes{256, 256 + 512, 3, 3}));
  EXPECT_EQ(shape("decoder.2.conv1"), (Sizes{128, 128 + 256, 3, 3}));
  EXPECT_EQ(shape("decoder.3.conv1"), (Sizes{64, 64 + 64, 3, 3}));
  EXPECT_EQ(shape("head"), (Sizes{19, 64, 1, 1}));
  std::int64_t count = 0;
  for (const auto& item : parameters) count += item.value().numel();
  EXPECT_NEAR(static_cast<double>(count), 67e6, 1e6);
}

TEST_F(UNetResNet50Test, HeadStandsAtHalfTheInput) {
  const torch::NoGradGuard no_grad;
  EXPECT_EQ(model()->forward_head(torch::rand({1, 3, 64, 96}), {}).sizes(), (Sizes{1, 19, 32, 48}));
  EXPECT_EQ(model()->forward_head(torch::rand({1, 3, 45, 71}), {}).sizes(), (Sizes{1, 19, 23, 36}));
}

TEST_F(UNetResNet50Test, LogitsHaveTheInputsSizeWhateverItsSides) {
  const torch::NoGradGuard no_grad;
  EXPECT_EQ(model()->forward(torch::rand({1, 3, 45, 71})).sizes(), (Sizes{1, 19, 45, 71}));
  EXPECT_EQ(model()->forward(torch::rand({2, 3, 32, 64})).sizes(), (Sizes{2, 19, 32, 64}));
}

TEST_F(UNetResNet50Test, DropsOnlyWithKeys) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::rand({1, 3, 64, 64});
  model()->train();  // BatchNorm keeps LibTorch's small initial weights from fading out
  EXPECT_TRUE(torch::equal(model()->forward(x), model()->forward(x)));
  EXPECT_FALSE(torch::equal(model()->forward(x), model()->forward(x, {1})));
  model()->eval();
}

TEST(UNetResNet50Options, AnAuxiliaryHeadStandsOnTheThirdLayer) {
  const torch::NoGradGuard no_grad;
  ModelOptions options;
  options.auxiliary = true;
  const auto model = make_model(options);
  EXPECT_EQ(model->forward_heads(torch::rand({2, 3, 32, 64}), {}).auxiliary.sizes(),
            (std::vector<std::int64_t>{2, 19, 2, 4}));
  EXPECT_EQ(model->named_parameters()["auxiliary.conv.weight"].sizes(), (std::vector<std::int64_t>{256, 1024, 3, 3}));
}

}  // namespace
}  // namespace segfold
