#include "segfold/nn/resnet.h"

#include <gtest/gtest.h>

namespace segfold {
namespace {

using Sizes = std::vector<std::int64_t>;

TEST(Bottleneck, HasItsStrideInTheThreeByThree) {
  Bottleneck block(8, 4, 2, NormKind::kBatch);
  const auto modules = block->named_modules();
  const auto stride = [&](const std::string& name) {
    return modules[name]->as<torch::nn::Conv2d>()->options.stride()->at(0);
  };
  EXPECT_EQ(stride("conv1"), 1);
  EXPECT_EQ(stride("conv2"), 2);  // version 1.5
  EXPECT_EQ(stride("conv3"), 1);
  EXPECT_EQ(stride("downsample.0"), 2);
  EXPECT_EQ(block(torch::rand({1, 8, 7, 10})).sizes(), (Sizes{1, 16, 4, 5}));
}

TEST(Bottleneck, ProjectsOnlyWhereShapesDiffer) {
  const auto projects = [](const Bottleneck& block) { return block->named_children().contains("downsample"); };
  EXPECT_FALSE(projects(Bottleneck(16, 4, 1, NormKind::kBatch)));
  EXPECT_TRUE(projects(Bottleneck(8, 4, 1, NormKind::kBatch)));
  EXPECT_TRUE(projects(Bottleneck(16, 4, 2, NormKind::kBatch)));
}

TEST(Bottleneck, AddsItsInputBeforeTheLastRelu) {
  const torch::NoGradGuard no_grad;
  Bottleneck block(16, 4, 1, NormKind::kBatch);
  block->eval();
  block->named_parameters()["bn3.weight"].zero_();
  const torch::Tensor x = torch::randn({1, 16, 5, 6});
  EXPECT_TRUE(torch::equal(block(x), x.relu()));
}

/// The encoder costs a second to build: all tests share one.
class ResNet50EncoderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    encoder() = std::make_shared<ResNet50EncoderImpl>(NormKind::kBatch);
    encoder()->eval();
  }
  static void TearDownTestSuite() { encoder().reset(); }
  static std::shared_ptr<ResNet50EncoderImpl>& encoder() {
    static std::shared_ptr<ResNet50EncoderImpl> shared;
    return shared;
  }
};

TEST_F(ResNet50EncoderTest, HasTorchvisionsNamesAndShapes) {
  const auto parameters = encoder()->named_parameters();
  std::int64_t count = 0;
  for (const auto& item : parameters) count += item.value().numel();
  EXPECT_EQ(count, 23508032);          // torchvision's resnet50 without fc
  EXPECT_EQ(parameters.size(), 159u);  // 53 convolutions, 53 BatchNorms with weight and bias
  EXPECT_EQ(parameters["conv1.weight"].sizes(), (Sizes{64, 3, 7, 7}));
  EXPECT_EQ(parameters["layer1.0.downsample.0.weight"].sizes(), (Sizes{256, 64, 1, 1}));
  EXPECT_EQ(parameters["layer3.5.bn3.bias"].sizes(), (Sizes{1024}));
  EXPECT_EQ(parameters["layer4.2.conv3.weight"].sizes(), (Sizes{2048, 512, 1, 1}));
  EXPECT_TRUE(encoder()->named_buffers().contains("layer4.0.downsample.1.running_var"));
}

TEST_F(ResNet50EncoderTest, TapsEveryResolution) {
  const torch::NoGradGuard no_grad;
  const auto taps = encoder()->forward(torch::rand({2, 3, 64, 96}));
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const std::int64_t step = std::int64_t{2} << i;
    EXPECT_EQ(taps[i].sizes(), (Sizes{2, ResNet50EncoderImpl::kTapChannels[i], 64 / step, 96 / step}));
    EXPECT_GE(taps[i].min().item<float>(), 0.0F);  // after a ReLU
  }
}

TEST_F(ResNet50EncoderTest, RoundsOddSidesUp) {
  const torch::NoGradGuard no_grad;
  const auto taps = encoder()->forward(torch::rand({1, 3, 45, 71}));
  EXPECT_EQ(taps[0].sizes(), (Sizes{1, 64, 23, 36}));
  EXPECT_EQ(taps[1].sizes(), (Sizes{1, 256, 12, 18}));
  EXPECT_EQ(taps[4].sizes(), (Sizes{1, 2048, 2, 3}));
}

}  // namespace
}  // namespace segfold
