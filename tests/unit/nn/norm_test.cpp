#include "segfold/nn/norm.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/normalization.h>

namespace segfold {
namespace {

TEST(Norm, BatchIsLibTorchsOwnInTrainingAndEvaluation) {
  Norm ours(6, NormKind::kBatch);
  torch::nn::BatchNorm2d theirs(6);
  const torch::Tensor x = torch::randn({3, 6, 5, 4});
  EXPECT_TRUE(torch::equal(ours(x), theirs(x)));
  ours->eval();
  theirs->eval();
  EXPECT_TRUE(torch::equal(ours(x), theirs(x)));
  const auto buffers = theirs->named_buffers();
  ASSERT_EQ(ours->named_buffers().size(), buffers.size());
  for (const auto& item : ours->named_buffers())
    EXPECT_TRUE(torch::equal(item.value(), buffers[item.key()])) << item.key();
}

TEST(Norm, GroupIsLibTorchsOwnAndHasNoStatistics) {
  Norm ours(64, NormKind::kGroup);
  torch::nn::GroupNorm theirs(torch::nn::GroupNormOptions(32, 64));
  const torch::Tensor x = torch::randn({2, 64, 3, 4});
  EXPECT_TRUE(torch::equal(ours(x), theirs(x)));
  EXPECT_TRUE(ours->named_buffers().is_empty());
  ours->eval();
  EXPECT_TRUE(torch::equal(ours(x), theirs(x)));
}

TEST(Norm, GroupsDivideAnyNumberOfChannels) {
  for (const int channels : {1, 4, 7, 40, 48}) {
    Norm norm(channels, NormKind::kGroup);
    EXPECT_TRUE(norm(torch::randn({2, channels, 3, 3})).isfinite().all().item<bool>()) << channels;
  }
}

TEST(Norm, FrozenChangesNeitherStatisticsNorWeights) {
  Norm norm(6, NormKind::kBatch);
  norm->freeze();
  const torch::Tensor x = 5 + torch::randn({3, 6, 5, 4}).requires_grad_();
  norm(x).sum().backward();
  EXPECT_TRUE(torch::equal(norm->named_buffers()["running_mean"], torch::zeros({6})));
  EXPECT_EQ(norm->named_buffers()["num_batches_tracked"].item<std::int64_t>(), 0);
  EXPECT_FALSE(norm->named_parameters()["weight"].grad().defined());
}

}  // namespace
}  // namespace segfold
