#include "segfold/nn/unet.h"  // NOLINT(misc-include-cleaner): what is tested, by way of make_model

#include <gtest/gtest.h>

namespace segfold {
namespace {

using Sizes = std::vector<std::int64_t>;

ModelOptions unet_of_width(int width) {
  ModelOptions options;
  options.architecture = Architecture::kUNet;
  options.width = width;
  options.classes = 5;
  return options;
}

/// Two 3×3 convolutions without bias and two BatchNorms.
std::int64_t double_conv(std::int64_t in, std::int64_t out) { return 9 * (in * out + out * out) + 4 * out; }

TEST(UNet, HasTheParametersOfItsLayers) {
  const std::int64_t width = 8;
  std::int64_t expected = width * 5 + 5;  // the head, 1×1 with bias
  for (const std::int64_t level : {0, 1, 2, 3, 4}) {
    expected += double_conv(level == 0 ? 3 : width << (level - 1), width << level);
  }
  for (const std::int64_t level : {3, 2, 1, 0}) {
    const std::int64_t out = width << level;
    expected += 4 * 2 * out * out + out + double_conv(2 * out, out);  // transposed 2×2 with bias
  }
  std::int64_t count = 0;
  const auto model = make_model(unet_of_width(8));
  for (const torch::Tensor& parameter : model->parameters()) count += parameter.numel();
  EXPECT_EQ(count, expected);
}

TEST(UNet, NamesItsLayers) {
  const auto model = make_model(unet_of_width(4));
  const auto parameters = model->named_parameters();
  EXPECT_EQ(parameters["encoder.0.conv1.weight"].sizes(), (Sizes{4, 3, 3, 3}));
  EXPECT_EQ(parameters["encoder.3.bn2.weight"].sizes(), (Sizes{32}));
  EXPECT_EQ(parameters["bottleneck.conv1.weight"].sizes(), (Sizes{64, 32, 3, 3}));
  EXPECT_EQ(parameters["decoder.0.up.weight"].sizes(), (Sizes{64, 32, 2, 2}));
  EXPECT_EQ(parameters["decoder.3.conv1.weight"].sizes(), (Sizes{4, 8, 3, 3}));
  EXPECT_EQ(parameters["head.weight"].sizes(), (Sizes{5, 4, 1, 1}));
}

TEST(UNet, HeadStandsAtTheInputsSize) {
  const torch::NoGradGuard no_grad;
  const auto model = make_model(unet_of_width(4));
  model->eval();
  EXPECT_EQ(model->forward_head(torch::rand({1, 3, 45, 71}), {}).sizes(), (Sizes{1, 5, 45, 71}));
}

TEST(UNet, AnAuxiliaryHeadSpeaksInTrainingOnly) {
  const torch::NoGradGuard no_grad;
  ModelOptions options = unet_of_width(4);
  EXPECT_FALSE(make_model(options)->forward_heads(torch::rand({1, 3, 32, 48}), {}).auxiliary.defined());
  options.auxiliary = true;
  const auto model = make_model(options);
  EXPECT_EQ(model->forward_heads(torch::rand({1, 3, 32, 48}), {}).auxiliary.sizes(), (Sizes{1, 5, 16, 24}));
  EXPECT_EQ(model->forward_all(torch::rand({1, 3, 32, 48})).auxiliary.sizes(), (Sizes{1, 5, 32, 48}));
  model->eval();
  EXPECT_FALSE(model->forward_heads(torch::rand({1, 3, 32, 48}), {}).auxiliary.defined());
}

TEST(UNet, WithGroupNormalisationOneSampleDoesNotSeeTheOthers) {
  const torch::NoGradGuard no_grad;
  ModelOptions options = unet_of_width(4);
  options.norm = NormKind::kGroup;
  const auto model = make_model(options);  // training: batch normalisation would mix the samples
  const torch::Tensor images = torch::rand({2, 3, 32, 32});
  const torch::Tensor both = model->forward(images);
  EXPECT_TRUE(torch::allclose(both[0], model->forward(images.slice(0, 0, 1))[0], 1e-4, 1e-5));
}

TEST(UNet, DropsOnlyWithKeys) {
  const torch::NoGradGuard no_grad;
  ModelOptions options = unet_of_width(4);
  options.dropout = 0.5;
  const auto model = make_model(options);  // training: BatchNorm keeps LibTorch's small initial weights from fading out
  const torch::Tensor x = torch::rand({1, 3, 32, 32});
  EXPECT_TRUE(torch::equal(model->forward(x), model->forward(x)));
  EXPECT_FALSE(torch::equal(model->forward(x), model->forward(x, {1})));
  EXPECT_TRUE(torch::equal(model->forward(x, {1}), model->forward(x, {1})));
}

}  // namespace
}  // namespace segfold
