#include "segfold/nn/model.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

std::int64_t parameter_count(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const torch::Tensor& parameter : module.parameters()) count += parameter.numel();
  return count;
}

TEST(Model, UNetOfWidth64HasTheParametersOfItsLayers) {
  ModelOptions options;
  options.architecture = Architecture::kUNet;
  // Two 3×3 convolutions and two BatchNorms per level, transposed 2×2 with bias, 1×1 head with bias.
  std::int64_t expected = 64 * 19 + 19;
  const auto double_conv = [](std::int64_t in, std::int64_t out) { return 9 * (in * out + out * out) + 4 * out; };
  for (std::int64_t in : {3, 64, 128, 256, 512}) expected += double_conv(in, in == 3 ? 64 : 2 * in);
  for (std::int64_t out : {512, 256, 128, 64}) expected += 4 * 2 * out * out + out + double_conv(2 * out, out);
  EXPECT_EQ(parameter_count(*make_model(options)), expected);
}

TEST(Model, UNetResNet50HasTorchvisionsEncoderAndTheStudysDecoder) {
  const auto model = make_model({});
  const auto* encoder = model->named_children().find("encoder");
  ASSERT_NE(encoder, nullptr);
  EXPECT_EQ(parameter_count(**encoder), 23508032);  // torchvision's resnet50 without fc
  EXPECT_EQ(model->named_parameters()["encoder.layer4.2.conv3.weight"].sizes(),
            (std::vector<std::int64_t>{2048, 512, 1, 1}));
  EXPECT_EQ(model->named_parameters()["encoder.layer1.0.downsample.0.weight"].sizes(),
            (std::vector<std::int64_t>{256, 64, 1, 1}));
  EXPECT_EQ(model->named_parameters()["decoder.0.conv1.weight"].sizes(), (std::vector<std::int64_t>{512, 1536, 3, 3}));
  EXPECT_NEAR(static_cast<double>(parameter_count(*model)), 67e6, 1e6);
}

TEST(Model, ResNetIsVersionOnePointFive) {
  const auto model = make_model({});
  const auto modules = model->named_modules();
  const auto stride = [&](const std::string& name) {
    return modules[name]->as<torch::nn::Conv2d>()->options.stride()->at(0);
  };
  EXPECT_EQ(stride("encoder.layer2.0.conv1"), 1);
  EXPECT_EQ(stride("encoder.layer2.0.conv2"), 2);
}

TEST(Model, LogitsHaveTheInputsSizeWhateverItsSides) {
  const torch::NoGradGuard no_grad;
  for (const auto architecture : {Architecture::kUNet, Architecture::kUNetResNet50}) {
    ModelOptions options;
    options.architecture = architecture;
    options.width = 4;
    options.classes = 5;
    const auto model = make_model(options);
    model->eval();
    EXPECT_EQ(model->forward(torch::rand({1, 3, 45, 71})).sizes(), (std::vector<std::int64_t>{1, 5, 45, 71}));
    EXPECT_EQ(model->forward(torch::rand({2, 3, 64, 96})).sizes(), (std::vector<std::int64_t>{2, 5, 64, 96}));
  }
}

TEST(Model, HeadOfUNetResNet50StandsAtHalfTheInput) {
  const torch::NoGradGuard no_grad;
  const auto model = make_model({});
  model->eval();
  EXPECT_EQ(model->forward_head(torch::rand({1, 3, 64, 96}), {}).sizes(), (std::vector<std::int64_t>{1, 19, 32, 48}));
}

TEST(Model, RefusesAbsurdOptions) {
  ModelOptions options;
  options.classes = 0;
  EXPECT_THROW(make_model(options), UsageError);
  options = {};
  options.dropout = 1.0;
  EXPECT_THROW(make_model(options), UsageError);
  EXPECT_THROW(architecture_from_name("unet-resnet18"), DataError);
}

}  // namespace
}  // namespace segfold
