#include "segfold/stages/loaded_network.h"

#include <gtest/gtest.h>

#include <functional>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_training.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;

class LoadedNetworkFile : public testing::SmallTraining {
 protected:
  LoadedNetworkFile() { train_fold(training()); }

  LoadedNetwork load(const fs::path& model, PrecisionChoice precision = PrecisionChoice::kAuto) const {
    return {model, ShardSet({folder_ / "val.h5"}), "cpu", precision, 1};
  }

  /// The trained model, as if something else were true of it.
  fs::path changed(const std::function<void(ModelInfo&)>& change) const {
    TensorFile file = read_tensor_file(training().output);
    ModelInfo info = require_model_info(file, "trained");
    change(info);
    add_model_info(file, info);
    write_tensor_file(folder_ / "changed.pth", file);
    return folder_ / "changed.pth";
  }

  static torch::Dtype type_of(const LoadedNetwork& network) {
    return network.model().named_parameters()["encoder.0.conv1.weight"].scalar_type();
  }
};

TEST_F(LoadedNetworkFile, IsReadyToEvaluateAsItWasTrained) {
  const LoadedNetwork network = load(training().output);
  EXPECT_EQ(network.info().experiment, "trial");
  EXPECT_EQ(network.device().name(), "cpu");
  EXPECT_FALSE(network.model().is_training());
  EXPECT_EQ(network.precision(), network.info().precision);
  const auto other = changed([](ModelInfo& info) { info.precision = Precision::kBf16; });
  EXPECT_EQ(load(other).precision(), Precision::kBf16);
  EXPECT_EQ(type_of(load(other)), torch::kBFloat16);
}

TEST_F(LoadedNetworkFile, TakesThePrecisionThatIsAskedFor) {
  const auto other = changed([](ModelInfo& info) { info.precision = Precision::kBf16; });
  const LoadedNetwork network = load(other, PrecisionChoice::kFp32);
  EXPECT_EQ(network.precision(), Precision::kFp32);
  EXPECT_EQ(type_of(network), torch::kFloat32);
}

TEST_F(LoadedNetworkFile, IsRefusedForOtherClasses) {
  const auto other = changed([](ModelInfo& info) { info.classes[1] = "lawn"; });
  expect_error<DataError>([&] { load(other); },
                          {"changed.pth: was trained for other classes than the shards hold; give matching ones"});
}

TEST_F(LoadedNetworkFile, IsRefusedForImagesOfAnotherSize) {
  const auto other = changed([](ModelInfo& info) { info.input_size = {64, 96}; });
  expect_error<DataError>(
      [&] { load(other); },
      {"changed.pth: was trained on images of 64x96, the shards hold 32x48; run preprocess with --size 64x96"});
}

TEST_F(LoadedNetworkFile, IsRefusedWhereItsDeviceIsUnknown) {
  const ShardSet shards({folder_ / "val.h5"});
  expect_error<UsageError>([&] { LoadedNetwork(training().output, shards, "abacus", PrecisionChoice::kAuto, 1); },
                           {"abacus"});
}

}  // namespace
}  // namespace segfold
