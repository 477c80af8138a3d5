#include "segfold/nn/device.h"

#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "segfold/base/cpu.h"
#include "segfold/base/error.h"
#include "segfold/nn/model.h"
#include "segfold/nn/versions.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

TEST(Device, NeverFallsBackSilently) {
  testing::expect_error<NotFoundError>([] { Device::claim("cuda:99"); }, {"cuda:99", "--device cpu"});
  testing::expect_error<UsageError>([] { Device::claim("gpu"); }, {"--device gpu", "cuda:N"});
  testing::expect_error<UsageError>([] { Device::claim("cuda:x"); }, {"--device cuda:x"});
}

TEST(Device, CpuIsAlwaysThere) { EXPECT_EQ(Device::claim("cpu").name(), "cpu"); }

TEST(Precision, AutoAsksTheProcessor) {
  const Device cpu = Device::claim("cpu");
  EXPECT_EQ(resolve_precision(PrecisionChoice::kAuto, cpu), cpu_has_bf16() ? Precision::kBf16 : Precision::kFp32);
  EXPECT_EQ(resolve_precision(PrecisionChoice::kFp32, cpu), Precision::kFp32);
}

TEST(PrepareModule, KeepsBatchNormInFloat32AndConvolutionsChannelsLast) {
  ModelOptions options;
  options.architecture = Architecture::kUNet;
  options.width = 8;
  const auto model = make_model(options);
  prepare_module(*model, Device::claim("cpu"), Precision::kBf16);
  const auto parameters = model->named_parameters();
  EXPECT_EQ(parameters["encoder.1.conv1.weight"].scalar_type(), torch::kBFloat16);
  EXPECT_TRUE(parameters["encoder.1.conv1.weight"].is_contiguous(torch::MemoryFormat::ChannelsLast));
  EXPECT_EQ(parameters["decoder.0.up.bias"].scalar_type(), torch::kBFloat16);
  EXPECT_EQ(parameters["encoder.1.bn1.weight"].scalar_type(), torch::kFloat32);
  const torch::NoGradGuard no_grad;
  model->eval();
  EXPECT_EQ(model->forward(torch::rand({1, 3, 32, 32})).scalar_type(), torch::kFloat32);
}

TEST(Versions, NameLibTorchAndWhetherAGpuIsThere) {
  EXPECT_NE(torch_versions().find("LibTorch"), std::string::npos);
  // envs/run doctor looks for these words.
  const bool no_gpu = torch_versions().find("no GPU can be used") != std::string::npos;
  EXPECT_EQ(no_gpu, !torch::cuda::is_available());
}

}  // namespace
}  // namespace segfold
