#include "segfold/nn/dropout.h"

#include <gtest/gtest.h>

namespace segfold {
namespace {

TEST(Dropout, MaskOfASampleDependsOnItsKeyAlone) {
  const SampleKeys keys{11, 22, 33};
  const torch::Tensor all = dropout2d_mask(keys, 0, 64, 0.5);
  const SampleKeys one{22};
  EXPECT_TRUE(torch::equal(all.slice(0, 1, 2), dropout2d_mask(one, 0, 64, 0.5)));
  EXPECT_FALSE(torch::equal(all[0], all[1]));
}

TEST(Dropout, LayersDrawDifferently) {
  const SampleKeys keys{7};
  EXPECT_FALSE(torch::equal(dropout2d_mask(keys, 0, 64, 0.5), dropout2d_mask(keys, 1, 64, 0.5)));
}

TEST(Dropout, KeepsTheExpectedShareAndScalesItUp) {
  const SampleKeys keys{1, 2, 3, 4};
  const torch::Tensor mask = dropout2d_mask(keys, 0, 2500, 0.2);
  const auto kept = mask.gt(0).to(torch::kFloat64).mean().item<double>();
  EXPECT_NEAR(kept, 0.8, 0.02);  // 10,000 draws: standard deviation 0.004
  EXPECT_FLOAT_EQ(mask.max().item<float>(), 1.25F);
  EXPECT_FLOAT_EQ(mask.min().item<float>(), 0.0F);
}

TEST(Dropout, DropsWholeChannels) {
  const torch::Tensor x = torch::ones({2, 32, 4, 5});
  const torch::Tensor y = dropout2d(x, {5, 6}, 0, 0.5);
  EXPECT_TRUE(torch::equal(y.amax({2, 3}), y.amin({2, 3})));
  EXPECT_LT(y.sum().item<float>(), 2.0F * 2 * 32 * 20);
}

TEST(Dropout, IsTheIdentityWithoutKeysOrProbability) {
  const torch::Tensor x = torch::rand({2, 8, 3, 3});
  EXPECT_TRUE(torch::equal(dropout2d(x, {}, 0, 0.5), x));
  EXPECT_TRUE(torch::equal(dropout2d(x, {1, 2}, 0, 0.0), x));
}

}  // namespace
}  // namespace segfold
