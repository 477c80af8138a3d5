#include "segfold/train/ema.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

TEST(Ema, TakesTheFirstUpdateAsItIsAndThenAveragesMoreAndMore) {
  torch::Tensor weight = torch::tensor({5.0F});
  Ema ema(0.25, {{"w", weight}});
  const auto after = [&](float value) {
    weight.fill_(value);
    ema.update();
    return ema.weights()[0].second.item<float>();
  };
  EXPECT_EQ(after(4), 4);
  EXPECT_FLOAT_EQ(after(15), 4 * 2 / 11.0F + 15 * 9 / 11.0F);  // after one update: (1 + 1) / (10 + 1)
  EXPECT_FLOAT_EQ(after(13), 13);                              // the average is 13 by now
  EXPECT_FLOAT_EQ(after(17), 13 * 0.25F + 17 * 0.75F);         // 4 / 13 is more than the decay
}

TEST(Ema, AveragesStatisticsThatBelongToTheWeights) {
  torch::Tensor weight = torch::tensor({0.0F});
  torch::Tensor mean = torch::tensor({0.0F});
  Ema ema(0.999, {{"bn.weight", weight}, {"bn.running_mean", mean}});
  for (int i = 0; i < 5; ++i) {
    weight.fill_(static_cast<float>(i));
    mean.fill_(static_cast<float>(2 * i));
    ema.update();
  }
  EXPECT_FLOAT_EQ(ema.weights()[1].second.item<float>(), 2 * ema.weights()[0].second.item<float>());
}

TEST(Ema, GoesOnFromItsState) {
  torch::Tensor weight = torch::tensor({1.0F});
  Ema first(0.5, {{"w", weight}});
  first.update();
  Ema second(0.5, {{"w", weight}});
  second.restore(first.state(), "state");
  weight.fill_(12);
  first.update();
  second.update();
  EXPECT_FLOAT_EQ(second.weights()[0].second.item<float>(), 10);  // 1 · 2/11 + 12 · 9/11
  EXPECT_TRUE(torch::equal(first.weights()[0].second, second.weights()[0].second));
}

TEST(Ema, RefusesAStateOfOtherWeights) {
  Ema ema(0.5, {{"w", torch::zeros({1})}});
  EXPECT_THROW(ema.restore({}, "state"), DataError);
}

TEST(BorrowedWeights, AreGivenBackBitByBit) {
  torch::nn::Linear module(2, 2);
  const torch::Tensor own = module->weight.detach().clone();
  const torch::Tensor master = module->weight.detach();  // the same storage, as an optimiser holds it
  {
    const BorrowedWeights borrowed(*module, {{"weight", torch::full({2, 2}, 7.0F)}, {"other", torch::zeros({1})}});
    EXPECT_TRUE(module->weight.eq(7).all().item<bool>());
    EXPECT_TRUE(torch::equal(master, own));
  }
  EXPECT_TRUE(torch::equal(module->weight, own));
  EXPECT_EQ(module->weight.data_ptr(), master.data_ptr());
}

TEST(BorrowedWeights, AreStatisticsToo) {
  torch::nn::BatchNorm2d module(2);
  {
    const BorrowedWeights borrowed(*module, {{"running_mean", torch::full({2}, 7.0F)}});
    EXPECT_TRUE(module->running_mean.eq(7).all().item<bool>());
  }
  EXPECT_TRUE(module->running_mean.eq(0).all().item<bool>());
}

}  // namespace
}  // namespace segfold
