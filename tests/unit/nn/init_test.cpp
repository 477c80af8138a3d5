#include "segfold/nn/init.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

namespace segfold {
namespace {

ModelOptions small_unet() {
  ModelOptions options;
  options.architecture = Architecture::kUNet;
  options.width = 8;
  return options;
}

TEST(InitialWeights, AreAFunctionOfSeedAndFold) {
  const auto first = make_model(small_unet());
  const auto second = make_model(small_unet());
  const auto other_seed = make_model(small_unet());
  const auto other_fold = make_model(small_unet());
  initialise(*first, 3, 1);
  initialise(*second, 3, 1);
  initialise(*other_seed, 4, 1);
  initialise(*other_fold, 3, 2);
  const std::string name = "encoder.1.conv1.weight";
  const torch::Tensor weight = first->named_parameters()[name];
  EXPECT_TRUE(torch::equal(weight, second->named_parameters()[name]));
  EXPECT_FALSE(torch::equal(weight, other_seed->named_parameters()[name]));
  EXPECT_FALSE(torch::equal(weight, other_fold->named_parameters()[name]));
}

TEST(InitialWeights, HaveTheVarianceOfTheirRule) {
  const auto model = make_model(small_unet());
  initialise(*model, 1, 0);
  const auto parameters = model->named_parameters();
  const torch::Tensor conv = parameters["bottleneck.conv2.weight"];  // 128 × 128 × 3 × 3
  EXPECT_NEAR(conv.std().item<double>(), std::sqrt(2.0 / (128 * 9)), 2e-4);
  EXPECT_NEAR(conv.mean().item<double>(), 0.0, 5e-4);
  const double bound = 1.0 / std::sqrt(64.0 * 4);  // decoder.0.up: 128 → 64, 2×2
  const torch::Tensor up = parameters["decoder.0.up.weight"];
  EXPECT_LE(up.abs().max().item<double>(), bound);
  EXPECT_GT(up.abs().max().item<double>(), 0.99 * bound);
  EXPECT_TRUE(torch::equal(parameters["encoder.0.bn1.weight"], torch::ones({8})));
  EXPECT_TRUE(torch::equal(parameters["encoder.0.bn1.bias"], torch::zeros({8})));
}

TEST(InitialWeights, DoNotDependOnTheNumberOfThreads) {
  torch::Tensor one = torch::empty({100003});
  torch::Tensor two = torch::empty({100003});
  at::set_num_threads(1);
  fill_normal(one, 9, 1.0F);
  at::set_num_threads(2);
  fill_normal(two, 9, 1.0F);
  EXPECT_TRUE(torch::equal(one, two));
}

TEST(InitialWeights, AreNormal) {
  torch::Tensor values = torch::empty({400000});
  fill_normal(values, 5, 1.0F);
  // Shares within one, two and three standard deviations.
  const auto share = [&](double limit) { return values.abs().lt(limit).to(torch::kFloat64).mean().item<double>(); };
  EXPECT_NEAR(share(1), 0.6827, 0.003);
  EXPECT_NEAR(share(2), 0.9545, 0.0015);
  EXPECT_NEAR(share(3), 0.9973, 0.0005);
}

TEST(InitialWeights, OfLayersOfOneShapeDiffer) {
  const auto model = make_model(small_unet());
  initialise(*model, 1, 0);
  const auto parameters = model->named_parameters();
  EXPECT_FALSE(torch::equal(parameters["encoder.0.conv2.weight"], parameters["decoder.3.conv2.weight"]));
}

}  // namespace
}  // namespace segfold
