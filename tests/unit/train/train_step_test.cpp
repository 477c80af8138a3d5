#include "segfold/train/train_step.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/nn/init.h"

namespace segfold {
namespace {

TEST(TrainStep, LowersTheLossOfABatchThatItRepeats) {
  ModelOptions options;
  options.architecture = Architecture::kUNet;
  options.width = 4;
  options.dropout = 0;
  const auto model = make_model(options);
  initialise(*model, 1, 0);
  const Device device = Device::claim("cpu");
  prepare_module(*model, device, Precision::kFp32);
  Adam adam(*model, {}, {});
  TrainStep step(*model, adam, device, {});
  Batch batch;
  batch.samples = {0, 1};
  batch.keys = {1, 2};
  batch.images = torch::arange(2 * 32 * 32 * 3).remainder(251).to(torch::kUInt8).reshape({2, 32, 32, 3});
  batch.labels = torch::arange(2 * 32 * 32).div(256, "floor").to(torch::kUInt8).reshape({2, 32, 32});
  const double first = step.run(batch, 1e-2).mean();
  EXPECT_NEAR(first, std::log(19.0), 1.0);
  double last = first;
  for (int i = 0; i < 20; ++i) last = step.run(batch, 1e-2).mean();
  EXPECT_LT(last, 0.7 * first);
}

}  // namespace
}  // namespace segfold
