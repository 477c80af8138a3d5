#include "segfold/nn/model_file.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/nn/device.h"
#include "segfold/nn/init.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_model_info.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::small_model_info;

SegmentationModel small_model() {
  auto model = make_model(small_model_info().options);
  initialise(*model, 1, 0);
  return model;
}

TEST(ModelFile, GivesBackWhatWasWritten) {
  const testing::TemporaryFolder folder;
  const auto model = small_model();
  for (const char* name : {"m.pth", "m.safetensors"}) {
    write_model(folder / name, state_dict(*model), small_model_info());
    const LoadedModel loaded = read_model(folder / name);
    EXPECT_EQ(loaded.info.classes, small_model_info().classes);
    EXPECT_EQ(loaded.info.input_size, small_model_info().input_size);
    EXPECT_EQ(loaded.info.precision, Precision::kBf16);
    EXPECT_EQ(loaded.info.fold, 2);
    EXPECT_EQ(loaded.info.epoch, 7);
    EXPECT_FALSE(loaded.model->is_training());
    for (const auto& item : model->named_parameters()) {
      EXPECT_TRUE(torch::equal(item.value(), loaded.model->named_parameters()[item.key()])) << item.key();
    }
  }
}

TEST(ModelFile, EqualModelsGiveEqualBytes) {
  const testing::TemporaryFolder folder;
  write_model(folder / "a.pth", state_dict(*small_model()), small_model_info());
  write_model(folder / "b.pth", state_dict(*small_model()), small_model_info());
  EXPECT_EQ(read_file(folder / "a.pth"), read_file(folder / "b.pth"));
}

TEST(ModelFile, TakesMastersInPlaceOfRoundedParameters) {
  const auto model = small_model();
  const torch::Tensor exact = model->named_parameters()["head.weight"].detach().clone();
  prepare_module(*model, Device::claim("cpu"), Precision::kBf16);
  const StateDict state = state_dict(*model, {{"head.weight", exact}});
  for (const auto& [name, value] : state) {
    EXPECT_EQ(value.scalar_type(), name.ends_with("num_batches_tracked") ? torch::kInt64 : torch::kFloat32) << name;
    if (name == "head.weight") {
      EXPECT_TRUE(torch::equal(value, exact));
    }
  }
}

TEST(ModelFile, ListsMissingUnexpectedAndWronglyShapedWeights) {
  const auto model = small_model();
  StateDict state = state_dict(*model);
  state[0].first = "stranger";
  state[1].second = torch::zeros({2, 2});
  const std::string wrong = state[1].first;
  testing::expect_error<DataError>(
      [&] { load_state_dict(*model, state, "x.pth"); },
      {"x.pth", "encoder.0.conv1.weight is missing", "stranger is not part", wrong + " has shape [2, 2]"});
}

TEST(ModelFile, GivesTheReasonFirstAndNotEveryName) {
  const auto model = small_model();
  testing::expect_error<DataError>([&] { load_state_dict(*model, {}, "x.pth"); },
                                   {"x.pth: its weights are another network's; give weights of the same architecture (",
                                    "is missing and ", " more)"});
}

TEST(ModelFile, RefusesWeightsThatWereExchanged) {
  const testing::TemporaryFolder folder;
  const auto model = small_model();
  write_model(folder / "m.pth", state_dict(*model), small_model_info());
  TensorFile file = read_tensor_file(folder / "m.pth");
  file.tensors[0].data[1] = static_cast<char>(file.tensors[0].data[1] ^ 1);
  write_tensor_file(folder / "m.pth", file);
  testing::expect_error<DataError>([&] { read_model(folder / "m.pth"); }, {"m.pth", "seal"});
}

TEST(ModelFile, MakesNoNetworkThatTheWeightsDoNotFill) {
  const testing::TemporaryFolder folder;
  ModelInfo info = small_model_info();
  info.options.width = 1024;  // 30 GB
  write_model(folder / "m.pth", state_dict(*small_model()), info);
  testing::expect_error<DataError>([&] { read_model(folder / "m.pth"); }, {"m.pth", "width 1024"});
}

}  // namespace
}  // namespace segfold
