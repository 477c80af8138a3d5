#include "segfold/train/ema.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

TEST(Ema, TakesTheFirstUpdateAsItIsAndThenAverages) {
  torch::Tensor weight = torch::tensor({5.0F});
  Ema ema(0.75, {{"w", weight}});
  weight.fill_(4);
  ema.update();
  EXPECT_EQ(ema.weights()[0].second.item<float>(), 4);
  weight.fill_(8);
  ema.update();  // 0.75 · 4 + 0.25 · 8
  EXPECT_EQ(ema.weights()[0].second.item<float>(), 5);
}

TEST(Ema, GoesOnFromItsState) {
  torch::Tensor weight = torch::tensor({1.0F});
  Ema first(0.5, {{"w", weight}});
  first.update();
  Ema second(0.5, {{"w", weight}});
  second.restore(first.state(), "state");
  weight.fill_(3);
  first.update();
  second.update();
  EXPECT_EQ(second.weights()[0].second.item<float>(), 2);
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

}  // namespace
}  // namespace segfold
