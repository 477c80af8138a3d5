#include "segfold/train/preparation.h"

#include <gtest/gtest.h>

namespace segfold {
namespace {

TEST(Normalise, ScalesToUnitRangeThenToMeanAndDeviation) {
  torch::Tensor images = torch::zeros({1, 2, 3, 3}, torch::kUInt8);
  images.index_put_({0, 1, 2, 0}, 255);
  images.index_put_({0, 1, 2, 2}, 128);
  const torch::Tensor x = normalise(images, {}, torch::kCPU);
  EXPECT_EQ(x.sizes(), (std::vector<std::int64_t>{1, 3, 2, 3}));
  EXPECT_TRUE(x.is_contiguous(torch::MemoryFormat::ChannelsLast));
  EXPECT_NEAR(x[0][0][1][2].item<double>(), (1.0 - 0.485) / 0.229, 1e-5);
  EXPECT_NEAR(x[0][1][1][2].item<double>(), (0.0 - 0.456) / 0.224, 1e-5);
  EXPECT_NEAR(x[0][2][1][2].item<double>(), (128.0 / 255 - 0.406) / 0.225, 1e-5);
}

}  // namespace
}  // namespace segfold
