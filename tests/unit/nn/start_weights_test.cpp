#include "segfold/nn/start_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "segfold/base/error.h"
#include "segfold/base/log.h"
#include "segfold/nn/foreign_weights.h"
#include "segfold/nn/init.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

class StartWeightsFile : public ::testing::Test {
 protected:
  StartWeightsFile() { configure_log("test", Verbosity::kQuiet); }

  static SegmentationModel network(int classes, int seed, int width = 4) {
    ModelOptions options;
    options.architecture = Architecture::kUNet;
    options.width = width;
    options.classes = classes;
    auto model = make_model(options);
    initialise(*model, static_cast<std::uint64_t>(seed), 0);
    return model;
  }

  /// Weights without a word of where they come from.
  std::filesystem::path write_plain(const StateDict& state) const {
    write_tensor_file(folder_ / "plain.safetensors", {tensors_to_file(state), {}});
    return folder_ / "plain.safetensors";
  }

  testing::TemporaryFolder folder_;
};

TEST_F(StartWeightsFile, BringAllWeightsOfAnotherNetwork) {
  const auto from = network(19, 1);
  const auto to = network(19, 2);
  const StartWeights weights = StartWeights::of_model(write_plain(state_dict(*from)));
  EXPECT_FALSE(weights.info().has_value());
  weights.load_into(*to);
  for (const auto& item : from->named_parameters()) {
    EXPECT_TRUE(torch::equal(item.value(), to->named_parameters()[item.key()])) << item.key();
  }
}

TEST_F(StartWeightsFile, AHeadForOtherClassesStartsAnew) {
  const auto to = network(5, 2);
  const torch::Tensor head = to->named_parameters()["head.weight"].detach().clone();
  const auto from = network(19, 1);
  StartWeights::of_model(write_plain(state_dict(*from))).load_into(*to);
  EXPECT_TRUE(torch::equal(to->named_parameters()["head.weight"], head));
  EXPECT_TRUE(torch::equal(to->named_parameters()["encoder.0.conv1.weight"],
                           from->named_parameters()["encoder.0.conv1.weight"]));
}

TEST_F(StartWeightsFile, AMissingHeadStartsAnew) {
  StateDict state = state_dict(*network(19, 1));
  std::erase_if(state, [](const auto& item) { return item.first.starts_with("head."); });
  EXPECT_NO_THROW(StartWeights::of_model(write_plain(state)).load_into(*network(19, 2)));
}

TEST_F(StartWeightsFile, EverythingElseMustFit) {
  StateDict state = state_dict(*network(19, 1));
  state.front().first = "stranger";
  testing::expect_error<DataError>([&] { StartWeights::of_model(write_plain(state)).load_into(*network(19, 2)); },
                                   {"encoder.0.conv1.weight is missing", "stranger is not part"});
  testing::expect_error<DataError>(
      [&] { StartWeights::of_model(write_plain(state_dict(*network(19, 1, 8)))).load_into(*network(19, 2)); },
      {"has shape"});
}

TEST_F(StartWeightsFile, AreTakenOutOfTheirWrappers) {
  const auto from = network(19, 1);
  const auto to = network(19, 2);
  StateDict state = state_dict(*from);
  for (auto& [name, value] : state) name.insert(0, "_orig_mod.module.");
  configure_log("test", Verbosity::kNormal);
  ::testing::internal::CaptureStderr();
  StartWeights::of_model(write_plain(state)).load_into(*to);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("'_orig_mod.module.' is taken off"), std::string::npos);
  EXPECT_TRUE(torch::equal(to->named_parameters()["head.weight"], from->named_parameters()["head.weight"]));
}

TEST_F(StartWeightsFile, NeedNoCountersButEveryStatistic) {
  StateDict state = state_dict(*network(19, 1));
  std::erase_if(state, [](const auto& item) { return item.first.ends_with("num_batches_tracked"); });
  const auto to = network(19, 2);
  StartWeights::of_model(write_plain(state)).load_into(*to);
  EXPECT_EQ(to->named_buffers()["encoder.0.bn1.num_batches_tracked"].item<std::int64_t>(), 0);
  std::erase_if(state, [](const auto& item) { return item.first == "encoder.0.bn1.running_mean"; });
  testing::expect_error<DataError>([&] { StartWeights::of_model(write_plain(state)).load_into(*to); },
                                   {"encoder.0.bn1.running_mean is missing"});
}

TEST_F(StartWeightsFile, AreRefusedWithInfinityOrNoNumber) {
  StateDict state = state_dict(*network(19, 1));
  const auto at = std::ranges::find(state, "encoder.0.bn1.running_var", &StateDict::value_type::first);
  for (const float value : {std::numeric_limits<float>::infinity(), std::nanf(""), -1.0F}) {
    at->second[2] = value;
    testing::expect_error<DataError>([&] { StartWeights::of_model(write_plain(state)); },
                                     {"plain.safetensors", "'encoder.0.bn1.running_var'", "at place 2 of [4]"});
  }
}

TEST_F(StartWeightsFile, TheDigestFollowsTheWeights) {
  StateDict state = state_dict(*network(19, 1));
  const std::string digest = StartWeights::of_model(write_plain(state)).digest();
  EXPECT_EQ(StartWeights::of_model(write_plain(state)).digest(), digest);
  state.front().second[0][0][0][0] += 1;
  EXPECT_NE(StartWeights::of_model(write_plain(state)).digest(), digest);
}

class EncoderWeightsFile : public StartWeightsFile {
 protected:
  static SegmentationModel resnet_network() {
    auto model = make_model(ModelOptions{});
    initialise(*model, 7, 0);
    return model;
  }

  /// As torchvision writes them: the encoder's names at the top, and a classifier.
  static StateDict torchvision_state(const SegmentationModelImpl& model) {
    StateDict state = state_dict(*model.named_children()["encoder"]);
    state.emplace_back("fc.weight", torch::zeros({1000, 2048}));
    state.emplace_back("fc.bias", torch::zeros({1000}));
    return state;
  }
};

TEST_F(EncoderWeightsFile, FillTheEncoderAndLeaveTheClassifierAside) {
  const auto from = resnet_network();
  const auto to = make_model(ModelOptions{});
  const StateDict state = torchvision_state(*from);
  EXPECT_EQ(state.size(), 320U);
  StartWeights::of_encoder(write_plain(state)).load_into(*to);
  EXPECT_TRUE(torch::equal(to->named_parameters()["encoder.layer4.2.conv3.weight"],
                           from->named_parameters()["encoder.layer4.2.conv3.weight"]));
}

TEST_F(EncoderWeightsFile, MayBeTorchvisionsOwnFileWithoutCounters) {
  const auto from = resnet_network();
  StateDict state = torchvision_state(*from);
  std::erase_if(state, [](const auto& item) { return item.first.ends_with("num_batches_tracked"); });
  EXPECT_EQ(state.size(), 267U);
  const auto to = make_model(ModelOptions{});
  StartWeights::of_encoder(write_plain(state)).load_into(*to);
  EXPECT_TRUE(torch::equal(to->named_parameters()["encoder.layer4.2.conv3.weight"],
                           from->named_parameters()["encoder.layer4.2.conv3.weight"]));
}

TEST_F(EncoderWeightsFile, AreLookedThroughWithoutLibTorchAsTheNetworkDoes) {
  std::vector<NamedTensor> tensors = tensors_to_file(state_dict(*resnet_network()->named_children()["encoder"]));
  for (NamedTensor& tensor : tensors) tensor.name.insert(0, "backbone.");
  EXPECT_EQ(make_resnet50_encoder(tensors, "x.pth"), "backbone.");
  tensors.front().shape = {64, 3, 3, 3};
  testing::expect_error<DataError>([&] { make_resnet50_encoder(tensors, "x.pth"); },
                                   {"x.pth", "conv1.weight has shape [64, 3, 3, 3], expected [64, 3, 7, 7]"});
}

TEST_F(EncoderWeightsFile, MustHoldAll318Tensors) {
  StateDict state = torchvision_state(*resnet_network());
  std::erase_if(state, [](const auto& item) { return item.first == "layer1.0.bn1.running_var"; });
  testing::expect_error<DataError>(
      [&] { StartWeights::of_encoder(write_plain(state)).load_into(*make_model(ModelOptions{})); },
      {"plain.safetensors", "no ResNet-50", "layer1.0.bn1.running_var is missing"});
}

}  // namespace
}  // namespace segfold
