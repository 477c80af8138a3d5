#include "segfold/nn/model_info.h"

#include <gtest/gtest.h>

#include <functional>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_model_info.h"
#include "tests/unit/nn/weights_testing.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::small_model_info;

TensorFile small_file() {
  return {{{"a", DType::kFloat32, {2}, testing::bytes_of<float>({1, -2})},
           {"n", DType::kInt64, {}, testing::bytes_of<std::int64_t>({6})}},
          {}};
}

TensorFile model_of(const ModelInfo& info) {
  TensorFile file = small_file();
  add_model_info(file, info);
  return file;
}

/// A model after a change of what is said of its weights.
TensorFile changed_model(const std::function<void(Json&)>& change) {
  TensorFile file = model_of(small_model_info());
  Json info = parse_json(file.metadata.at(kModelInfoKey), "the metadata");
  change(info);
  file.metadata[kModelInfoKey] = info.dump();
  return file;
}

void expect_refused(const std::function<void(Json&)>& change, std::initializer_list<std::string> parts) {
  const TensorFile file = changed_model(change);
  expect_error<DataError>([&] { find_model_info(file, "m.pth"); }, {"m.pth: "});
  expect_error<DataError>([&] { find_model_info(file, "m.pth"); }, parts);
}

TEST(ModelInfo, GivesBackWhatWasSaid) {
  const ModelInfo info = require_model_info(model_of(small_model_info()), "m.pth");
  EXPECT_EQ(info.options.architecture, Architecture::kUNet);
  EXPECT_EQ(info.options.width, 4);
  EXPECT_EQ(info.options.classes, 3);
  EXPECT_EQ(info.options.dropout, 0.1);
  EXPECT_EQ(info.classes, small_model_info().classes);
  EXPECT_EQ(info.normalisation.mean, Normalisation().mean);
  EXPECT_EQ(info.normalisation.std, Normalisation().std);
  EXPECT_EQ(info.input_size, (Size{32, 64}));
  EXPECT_EQ(info.precision, Precision::kBf16);
  EXPECT_EQ(info.experiment, "trial");
  EXPECT_EQ(info.fold, 2);
  EXPECT_EQ(info.folds_count, 3);
  EXPECT_EQ(info.epoch, 7);
  EXPECT_EQ(info.seal.run_digest(), small_model_info().seal.run_digest());
}

TEST(ModelInfo, IsOfNoFoldWhenEverySampleWasTrainedOn) {
  ModelInfo info = small_model_info();
  info.fold.reset();
  EXPECT_EQ(require_model_info(model_of(info), "m.pth").fold, std::nullopt);
}

// The digests were computed by Python's hashlib from the text before "seal" and the tensors' bytes.
TEST(ModelInfo, StaysTheSameBytesInFiles) {
  EXPECT_EQ(
      model_of(small_model_info()).metadata.at(kModelInfoKey),
      R"({"format":"segfold.model/1","architecture":"unet","width":4,"dropout":0.1,"norm":"batch",)"
      R"("classes":["road","car","sky"],)"
      R"("mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225],"input_size":"32x64","precision":"bf16",)"
      R"("experiment":"trial","fold":2,"folds_count":3,"epoch":7,)"
      R"("seal":{"sha256":"2ef3fbf2caa6749c0f3b194140d763462b2ba501b7123586cb7f7a1f95dcb7cf","tool":"train-fold",)"
      R"("results_version":1,"parameters":{"seed":42,"epochs":7},)"
      R"("inputs":{"folds":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",)"
      R"("shards":"5555555555555555555555555555555555555555555555555555555555555555"},)"
      R"("run":"f57aa6d9861391ad17339cf0fa384ff565b65a37a07cce7f216132b93ff19072"}})");
}

TEST(ModelInfo, SealCoversWeightsAndWhatIsSaidOfThem) {
  EXPECT_TRUE(find_model_info(model_of(small_model_info()), "m.pth")->seal_matches);
  for (const auto& [key, value] : {std::pair<const char*, Json>("fold", 1),
                                   {"precision", "fp32"},
                                   {"epoch", 8},
                                   {"experiment", "another"},
                                   {"a key of later versions", true}}) {
    const TensorFile file = changed_model([&, k = key, v = value](Json& info) { info[k] = v; });
    EXPECT_FALSE(find_model_info(file, "m.pth")->seal_matches) << key;
  }
  for (const auto& change :
       {+[](NamedTensor& tensor) { tensor.data[1] ^= 1; }, +[](NamedTensor& tensor) { tensor.name += 'b'; },
        +[](NamedTensor& tensor) { tensor.shape = {2, 1}; },
        +[](NamedTensor& tensor) { tensor.dtype = DType::kInt32; }}) {
    TensorFile file = model_of(small_model_info());
    change(file.tensors[0]);
    EXPECT_FALSE(find_model_info(file, "m.pth")->seal_matches);
  }
}

TEST(ModelInfo, IsRequiredWithItsSealIntact) {
  TensorFile file = model_of(small_model_info());
  file.tensors.pop_back();
  expect_error<DataError>([&] { require_model_info(file, "m.pth"); }, {"m.pth: ", "seal"});
}

TEST(ModelInfo, IsMissedInWeightsOfOthers) {
  EXPECT_FALSE(find_model_info(small_file(), "resnet50.pth").has_value());
  expect_error<DataError>([] { require_model_info(small_file(), "resnet50.pth"); }, {"resnet50.pth: ", "train-fold"});
}

TEST(ModelInfo, RefusesWhatCannotBe) {
  expect_refused([](Json& info) { info["format"] = "segfold.model/2"; }, {"'segfold.model/2'", "'segfold.model/1'"});
  expect_refused([](Json& info) { info["architecture"] = "vit"; }, {"'vit'"});
  expect_refused([](Json& info) { info["precision"] = "fp8"; }, {"'fp8'"});
  expect_refused([](Json& info) { info["width"] = 1 << 20; }, {"width"});
  expect_refused([](Json& info) { info["classes"] = Json::array(); }, {"0 classes"});
  expect_refused([](Json& info) { info["std"] = {0, 0.2, 0.2}; }, {"normalisation"});
  expect_refused([](Json& info) { info["mean"] = {0.4, 0.4}; }, {"'mean'"});
  expect_refused([](Json& info) { info["input_size"] = "40x1x"; }, {"input_size"});
  expect_refused([](Json& info) { info["fold"] = "first"; }, {"'fold'"});
  expect_refused([](Json& info) { info.erase("epoch"); }, {"'epoch'"});
  expect_refused([](Json& info) { info["seal"]["parameters"] = nullptr; }, {"'parameters'"});
  expect_refused([](Json& info) { info["seal"]["run"] = "0"; }, {"seal"});
  expect_refused([](Json& info) { info = Json::array(); }, {"'format'"});
}

TEST(ModelInfo, RefusesMoreTextThanAModelNeedsBeforeParsingIt) {
  TensorFile file = small_file();
  file.metadata[kModelInfoKey] = std::string((1 << 20) + 1, '[');
  expect_error<DataError>([&] { find_model_info(file, "m.pth"); }, {"m.pth: ", "1048577 bytes", "train it again"});
}

TEST(ModelInfo, RefusesMetadataThatAreNoJson) {
  TensorFile file = small_file();
  file.metadata[kModelInfoKey] = "{";
  expect_error<DataError>([&] { find_model_info(file, "m.pth"); }, {"m.pth:1:", "no valid JSON"});
}

}  // namespace
}  // namespace segfold
