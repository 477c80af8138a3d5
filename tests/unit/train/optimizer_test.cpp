#include "segfold/train/optimizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "segfold/base/error.h"
#include "segfold/nn/device.h"
#include "segfold/nn/init.h"
#include "segfold/nn/model.h"

namespace segfold {
namespace {

SegmentationModel small_model() {
  ModelOptions options;
  options.architecture = Architecture::kUNet;
  options.width = 4;
  auto model = make_model(options);
  initialise(*model, 1, 0);
  return model;
}

/// Gradients that are a function of the step alone.
void set_gradients(torch::nn::Module& module, int step) {
  for (torch::Tensor& parameter : module.parameters()) {
    const torch::Tensor ramp = torch::arange(parameter.numel(), torch::kFloat32).reshape(parameter.sizes());
    parameter.mutable_grad() =
        (ramp * 0.01 + step).sin().to(parameter.options()).contiguous(parameter.suggest_memory_format());
  }
}

TEST(Optimizer, FirstStepMovesEveryWeightByTheRate) {
  // After bias correction the first update is lr · g / (|g| + eps).
  const auto model = small_model();
  Optimizer adam(*model, {}, {});
  const torch::Tensor before = model->named_parameters()["head.weight"].detach().clone();
  set_gradients(*model, 1);
  adam.step(0.01);
  const torch::Tensor moved = (model->named_parameters()["head.weight"] - before).abs();
  EXPECT_NEAR(moved.max().item<double>(), 0.01, 1e-6);
  EXPECT_NEAR(moved.min().item<double>(), 0.01, 1e-6);
}

TEST(Optimizer, MatchesItsFormulaOverSeveralSteps) {
  const auto model = small_model();
  Optimizer adam(*model, {.weight_decay = 0.1}, {});
  torch::Tensor w = model->named_parameters()["head.bias"].detach().to(torch::kFloat64).clone();
  torch::Tensor m = torch::zeros_like(w);
  torch::Tensor v = torch::zeros_like(w);
  for (int t = 1; t <= 5; ++t) {
    set_gradients(*model, t);
    const torch::Tensor g = model->named_parameters()["head.bias"].grad().to(torch::kFloat64) + 0.1 * w;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    w = w - 0.01 * (m / (1 - std::pow(0.9, t))) / ((v / (1 - std::pow(0.999, t))).sqrt() + 1e-8);
    adam.step(0.01);
  }
  EXPECT_TRUE(torch::allclose(model->named_parameters()["head.bias"].detach().to(torch::kFloat64), w, 1e-5, 1e-7));
}

TEST(Optimizer, KeepsFloat32MastersOfRoundedWeights) {
  const auto model = small_model();
  const StateDict start = state_dict(*model);
  prepare_module(*model, Device::claim("cpu"), Precision::kBf16);
  Optimizer adam(*model, {}, start);
  const torch::Tensor exact =
      std::ranges::find_if(start, [](const auto& item) { return item.first == "head.weight"; })->second;
  for (int step = 1; step <= 3; ++step) {
    set_gradients(*model, 1);
    adam.step(1e-6);  // far below bfloat16's resolution: only a float32 master can add such steps up
  }
  for (const auto& [name, master] : adam.masters()) {
    if (name != "head.weight") continue;
    EXPECT_EQ(master.scalar_type(), torch::kFloat32);
    EXPECT_NEAR((master - exact).abs().max().item<double>(), 3e-6, 2e-7);
    EXPECT_TRUE(torch::equal(model->named_parameters()[name].detach(), master.to(torch::kBFloat16)));
  }
}

TEST(Optimizer, GoesOnFromItsState) {
  const auto whole_model = small_model();
  const auto first_model = small_model();
  const auto second_model = small_model();
  Optimizer whole(*whole_model, {}, {});
  Optimizer first(*first_model, {}, {});
  Optimizer second(*second_model, {}, {});
  const auto step = [](Optimizer& adam, torch::nn::Module& module, int t) {
    set_gradients(module, t);
    adam.step(0.01);
  };
  for (int t = 1; t <= 2; ++t) {
    step(whole, *whole_model, t);
    step(first, *first_model, t);
  }
  second.restore(first.state(), "test");
  for (int t = 3; t <= 4; ++t) {
    step(whole, *whole_model, t);
    step(second, *second_model, t);
  }
  for (const auto& item : whole_model->named_parameters()) {
    EXPECT_TRUE(torch::equal(item.value(), second_model->named_parameters()[item.key()])) << item.key();
  }
}

TEST(Optimizer, RefusesAStateOfAnotherNetwork) {
  const auto model = small_model();
  Optimizer adam(*model, {}, {});
  EXPECT_THROW(adam.restore({}, "state"), DataError);
}

/// What one step with gradients of any size moves a weight by, at both precisions. @param name  of the weight
void expect_first_step(const OptimizerOptions& options, const std::string& name, double shrink, double move) {
  for (const Precision precision : {Precision::kFp32, Precision::kBf16}) {
    const auto model = small_model();
    const StateDict start = state_dict(*model);
    prepare_module(*model, Device::claim("cpu"), precision);
    Optimizer optimizer(*model, options, start);
    set_gradients(*model, 1);
    const torch::Tensor direction = model->named_parameters()[name].grad().to(torch::kFloat32).sign();
    const auto of_name = [&](const auto& item) { return item.first == name; };
    const torch::Tensor before = std::ranges::find_if(start, of_name)->second;
    optimizer.step(0.01);
    const StateDict masters = optimizer.masters();
    const torch::Tensor after = std::ranges::find_if(masters, of_name)->second;
    EXPECT_TRUE(torch::allclose(after, before * shrink - direction * move, 0, 2e-6)) << name;
  }
}

TEST(Optimizer, DecoupledDecayShrinksWeightsBesideTheStep) {
  expect_first_step({.kind = OptimizerKind::kAdamW, .weight_decay = 0.5}, "head.weight", 1 - 0.01 * 0.5, 0.01);
}

TEST(Optimizer, TheEncoderTakesItsShareOfTheRate) {
  const OptimizerOptions options{.encoder_lr_factor = 0.1};
  expect_first_step(options, "encoder.0.conv1.weight", 1, 0.001);
  expect_first_step(options, "head.weight", 1, 0.01);
}

TEST(ClipGradients, ScalesAllByTheNormOfAllTogether) {
  const std::vector<torch::Tensor> gradients{torch::tensor({3.0F}), torch::tensor({0.0F, 4.0F})};
  clip_gradients(gradients, 10);
  EXPECT_EQ(gradients[0].item<float>(), 3);
  clip_gradients(gradients, 1);
  EXPECT_NEAR(gradients[0].item<float>(), 0.6, 1e-6);
  EXPECT_NEAR(gradients[1][1].item<float>(), 0.8, 1e-6);
}

}  // namespace
}  // namespace segfold
