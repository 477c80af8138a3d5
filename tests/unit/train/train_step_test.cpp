#include "segfold/train/train_step.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/nn/init.h"
#include "segfold/train/optimizer.h"

namespace segfold {
namespace {

ModelOptions small_network_options() {
  ModelOptions options;
  options.architecture = Architecture::kUNet;
  options.width = 4;
  options.dropout = 0;
  return options;
}

SegmentationModel small_network() {
  const auto model = make_model(small_network_options());
  initialise(*model, 1, 0);
  return model;
}

Batch some_batch() {
  Batch batch;
  batch.samples = {0, 1};
  batch.keys = {1, 2};
  batch.images = torch::arange(2 * 32 * 32 * 3).remainder(251).to(torch::kUInt8).reshape({2, 32, 32, 3});
  batch.labels = torch::arange(2 * 32 * 32).div(256, "floor").to(torch::kUInt8).reshape({2, 32, 32});
  return batch;
}

TEST(TrainStep, LowersTheLossOfABatchThatItRepeats) {
  const auto model = small_network();
  const Device device = Device::claim("cpu");
  prepare_module(*model, device, Precision::kFp32);
  Optimizer optimizer(*model, {}, {});
  const SegmentationLoss loss;
  TrainStep step(*model, loss, device, {});
  const Batch batch = some_batch();
  const auto run = [&] {
    const double value = step.gradients(batch).loss;
    optimizer.step(1e-2);
    return value;
  };
  const double first = run();
  EXPECT_NEAR(first, std::log(19.0), 1.0);
  double last = first;
  for (int i = 0; i < 20; ++i) last = run();
  EXPECT_LT(last, 0.7 * first);
}

TEST(TrainStep, WeightedBatchesAddUpToTheGradientsOfAllTheirPixels) {
  ModelOptions options = small_network_options();
  options.norm = NormKind::kGroup;  // by batch, samples would depend on their neighbours
  const auto model = make_model(options);
  initialise(*model, 1, 0);
  const Device device = Device::claim("cpu");
  const std::vector<double> class_weights{1, 2, 0.5, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  for (const SegmentationLoss& loss : {SegmentationLoss(), SegmentationLoss({}, class_weights)}) {
    TrainStep step(*model, loss, device, {});
    Batch both = some_batch();
    both.labels[1].slice(0, 4).fill_(255);  // the second sample has few labelled pixels
    torch::Tensor& gradient = model->named_parameters()["head.weight"].mutable_grad();
    gradient = torch::Tensor();
    const double whole_weight = step.gradients(both).weight;
    const torch::Tensor whole = gradient.clone();
    gradient = torch::Tensor();
    double weight = 0;
    for (const int i : {0, 1}) {
      const Batch one{{i},
                      both.images.slice(0, i, i + 1),
                      both.labels.slice(0, i, i + 1),
                      {both.keys[static_cast<std::size_t>(i)]}};
      weight += step.gradients(one, GradientOf::kWeightedLoss).weight;
    }
    EXPECT_DOUBLE_EQ(weight, whole_weight);
    EXPECT_TRUE(torch::allclose(gradient / weight, whole, 1e-4, 1e-6));
  }
}

TEST(TrainStep, AFrozenEncoderGetsNoGradientsUntilItThaws) {
  const auto model = small_network();
  const Device device = Device::claim("cpu");
  const SegmentationLoss loss;
  TrainStep step(*model, loss, device, {});
  const torch::Tensor statistics = model->named_buffers()["encoder.0.bn1.running_mean"].clone();
  step.freeze_encoder(true);
  step.gradients(some_batch());
  EXPECT_FALSE(model->named_parameters()["encoder.0.conv1.weight"].grad().defined());
  EXPECT_TRUE(model->named_parameters()["head.weight"].grad().defined());
  EXPECT_TRUE(torch::equal(model->named_buffers()["encoder.0.bn1.running_mean"], statistics));
  step.freeze_encoder(false);
  step.gradients(some_batch());
  EXPECT_TRUE(model->named_parameters()["encoder.0.conv1.weight"].grad().defined());
  EXPECT_FALSE(torch::equal(model->named_buffers()["encoder.0.bn1.running_mean"], statistics));
}

TEST(TrainStep, FrozenNormalisationsStayAsTheyAreEvenWhenTheEncoderThaws) {
  const auto model = small_network();
  const Device device = Device::claim("cpu");
  const SegmentationLoss loss;
  TrainStep step(*model, loss, device, {});
  step.freeze_norms();
  step.freeze_encoder(true);
  step.freeze_encoder(false);
  step.gradients(some_batch());
  EXPECT_TRUE(model->named_parameters()["encoder.0.conv1.weight"].grad().defined());
  EXPECT_FALSE(model->named_parameters()["encoder.0.bn1.weight"].grad().defined());
  EXPECT_TRUE(torch::equal(model->named_buffers()["encoder.0.bn1.running_mean"], torch::zeros({4})));
}

TEST(TrainStep, AnAuxiliaryHeadAddsItsShareOfTheLoss) {
  ModelOptions options = small_network_options();
  options.auxiliary = true;
  const Device device = Device::claim("cpu");
  const SegmentationLoss loss;
  const auto measure = [&](double weight) {
    const auto model = make_model(options);
    initialise(*model, 1, 0);
    const double value = TrainStep(*model, loss, device, {}, weight).gradients(some_batch()).loss;
    return std::pair{value, model->named_parameters()["auxiliary.head.weight"].grad().clone()};
  };
  const auto [light, light_gradient] = measure(0.1);
  const auto [heavy, heavy_gradient] = measure(0.5);
  const auto [none, no_gradient] = measure(0);
  EXPECT_NEAR((heavy - none) / (light - none), 5, 1e-3);
  EXPECT_TRUE(torch::allclose(heavy_gradient, 5 * light_gradient, 1e-4, 1e-7));
}

}  // namespace
}  // namespace segfold
