#include "segfold/nn/blocks.h"

#include <gtest/gtest.h>

namespace segfold {
namespace {

TEST(ResizeBilinear, UsesHalfPixelCentres) {
  const torch::Tensor x = torch::tensor({0.0F, 4.0F}).reshape({1, 1, 1, 2});
  const torch::Tensor y = resize_bilinear(x, 1, 4);
  EXPECT_TRUE(torch::allclose(y.flatten(), torch::tensor({0.0F, 1.0F, 3.0F, 4.0F})));
}

TEST(UpBlock, MeetsATapWithOddSides) {
  UpBlock block(8, 4, 6, NormKind::kBatch);
  EXPECT_EQ(block(torch::rand({1, 8, 5, 7}), torch::rand({1, 4, 11, 13})).sizes(),
            (std::vector<std::int64_t>{1, 6, 11, 13}));
}

TEST(DoubleConv, DropsOnlyWithKeys) {
  DoubleConv block(3, 8, NormKind::kBatch, 0.5, 0);
  block->eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::rand({1, 3, 8, 8});
  EXPECT_TRUE(torch::equal(block(x), block(x)));
  EXPECT_FALSE(torch::equal(block(x), block(x, SampleKeys{1})));
}

TEST(UpBlock, PutsTheTapBehindWhatComesFromBelow) {
  UpBlock block(8, 4, 6, NormKind::kBatch);
  block->eval();
  const torch::NoGradGuard no_grad;
  const auto parameters = block->named_parameters();
  parameters["conv1.weight"].slice(1, 6, 10).zero_();  // the tap's channels
  const torch::Tensor x = torch::rand({1, 8, 4, 4});
  EXPECT_TRUE(torch::equal(block(x, torch::rand({1, 4, 8, 8})), block(x, torch::rand({1, 4, 8, 8}))));
  EXPECT_FALSE(torch::equal(block(x, torch::rand({1, 4, 8, 8})), block(x + 1, torch::rand({1, 4, 8, 8}))));
}

}  // namespace
}  // namespace segfold
