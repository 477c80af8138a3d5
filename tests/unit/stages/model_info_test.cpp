#include "segfold/stages/model_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/sha256.h"
#include "segfold/nn/model_info.h"
#include "segfold/nn/tensor_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_model_info.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using ::testing::HasSubstr;
using testing::small_model_info;

/// Two parameters of 5 values in all, and what a BatchNorm counts and a mask of 5.
TensorFile small_file() {
  return {{{"conv.weight", DType::kFloat32, {2, 2}, std::string(16, 'x')},
           {"scale", DType::kFloat16, {}, "xx"},
           {"bn.running_mean", DType::kFloat32, {2}, std::string(8, 'x')},
           {"bn.num_batches_tracked", DType::kInt64, {}, std::string(8, '\0')},
           {"mask", DType::kBool, {2}, std::string(2, '\1')}},
          {}};
}

class ModelInfoStage : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const TensorFile& file) const {
    write_tensor_file(folder_ / name, file);
    return folder_ / name;
  }
  std::filesystem::path write_model(const std::string& name, const ModelInfo& info = small_model_info()) const {
    TensorFile file = small_file();
    add_model_info(file, info);
    return write(name, file);
  }
  /// What model_info prints.
  static std::string printed(const std::filesystem::path& path, bool json) {
    ModelInfoOptions options;
    options.file = path;
    options.json = json;
    ::testing::internal::CaptureStdout();
    try {
      model_info(options);
    } catch (const DataError& error) {
      return ::testing::internal::GetCapturedStdout() + "refused: " + error.what();
    }
    return ::testing::internal::GetCapturedStdout();
  }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(ModelInfoStage, CountsTensorsParametersAndBuffers) {
  const Json description = describe_model(write("w.pth", small_file()));
  EXPECT_EQ(description["tensors"], 5);
  EXPECT_EQ(description["parameters"], (Json{{"tensors", 2}, {"values", 5}}));
  EXPECT_EQ(description["buffers"], (Json{{"tensors", 3}, {"values", 5}}));
  EXPECT_EQ(description["dtypes"].dump(), R"({"float32":2,"float16":1,"int64":1,"bool":1})");
}

TEST_F(ModelInfoStage, TellsTheFilesSizeAndDigest) {
  const auto path = write("w.pth", small_file());
  const Json description = describe_model(path);
  EXPECT_EQ(description["file"], path.string());
  EXPECT_EQ(description["bytes"], std::filesystem::file_size(path));
  EXPECT_EQ(description["sha256"], sha256_hex(read_file(path)));
}

TEST_F(ModelInfoStage, TellsWhichChecksumsWereRight) {
  EXPECT_EQ(describe_model(write("w.pth", small_file()))["checksum"], "crc32");
  EXPECT_EQ(describe_model(write("w.safetensors", small_file()))["checksum"], "sha256");
  const auto plain = write("plain.safetensors", {});
  write_file(plain, std::string("\2\0\0\0\0\0\0\0{}", 10));
  EXPECT_TRUE(describe_model(plain)["checksum"].is_null());
}

TEST_F(ModelInfoStage, SaysAllThatTheProjectWroteInEitherForm) {
  Json expected = info_to_json(small_model_info());
  for (const char* name : {"m.pth", "m.safetensors"}) {
    const Json description = describe_model(write_model(name));
    Json model = expected;
    model.erase("seal");
    EXPECT_EQ(description["model"], model);
    EXPECT_EQ(description["seal"]["run"], small_model_info().seal.run_digest());
    EXPECT_EQ(description["seal"]["parameters"], small_model_info().seal.parameters);
    EXPECT_EQ(description["seal"]["matches"], true);
    EXPECT_EQ(description["metadata"], Json::object());
  }
}

TEST_F(ModelInfoStage, ReadsAsText) {
  const std::string text = printed(write_model("m.pth"), false);
  for (const char* line :
       {"  parameters       2 tensors of 5 values\n", "  buffers          3 tensors of 5 values\n",
        "  dtypes           2 float32, 1 float16, 1 int64, 1 bool\n", "  architecture     unet\n",
        "  width            4\n", "  classes          3: road, car, sky\n", "  input size       32x64\n",
        "  normalisation    mean 0.485, 0.456, 0.406; standard deviation 0.229, 0.224, 0.225\n",
        "  fold             2 of 3, held out\n", "  epoch            7\n", "  seal             matches\n",
        "  made by          train-fold, results version 1\n", "  seed             42\n", "  folds            ffff"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(ModelInfoStage, TellsOfAModelThatNoFoldWasHeldOutFrom) {
  ModelInfo info = small_model_info();
  info.fold.reset();
  EXPECT_THAT(printed(write_model("m.pth", info), false), HasSubstr("trained on every sample"));
}

TEST_F(ModelInfoStage, LeavesOutTheWidthOfANetworkWithoutOne) {
  ModelInfo info = small_model_info();
  info.options.architecture = Architecture::kUNetResNet50;
  EXPECT_THAT(printed(write_model("m.pth", info), false), ::testing::Not(HasSubstr("width")));
}

TEST_F(ModelInfoStage, SaysOfWeightsOfOthersWhatThereIs) {
  TensorFile file = small_file();
  file.metadata["format"] = "pt\x1b[31m";
  const auto path = write("w.safetensors", file);
  const Json description = describe_model(path);
  EXPECT_TRUE(description["model"].is_null());
  EXPECT_TRUE(description["seal"].is_null());
  EXPECT_EQ(description["metadata"]["format"], "pt\x1b[31m");
  const std::string text = printed(path, false);
  EXPECT_THAT(text, HasSubstr("no provenance"));
  EXPECT_THAT(text, HasSubstr("  format           pt\uFFFD[31m\n"));
}

TEST_F(ModelInfoStage, PrintsTheDescriptionAsJson) {
  const auto path = write_model("m.pth");
  EXPECT_EQ(printed(path, true), json_text(describe_model(path)));
}

TEST_F(ModelInfoStage, ShowsAndThenRefusesAModelWhoseSealDoesNotMatch) {
  TensorFile file = small_file();
  add_model_info(file, small_model_info());
  file.tensors[0].data[0] = 'y';
  const auto path = write("m.pth", file);
  EXPECT_THAT(printed(path, false), HasSubstr("seal             does NOT match"));
  EXPECT_THAT(printed(path, false), HasSubstr("refused: " + path.string()));
  EXPECT_THAT(printed(path, true), HasSubstr(R"("matches": false)"));
}

TEST_F(ModelInfoStage, NeedsAFile) {
  expect_error<UsageError>([] { model_info({}); }, {"FILE"});
}

}  // namespace
}  // namespace segfold
