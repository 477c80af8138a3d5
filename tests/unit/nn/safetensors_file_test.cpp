#include "segfold/nn/safetensors_file.h"

#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/nn/weights_testing.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_equal_tensors;
using ::segfold::testing::expect_error;
using ::segfold::testing::expect_no_cut_passes;
using ::segfold::testing::expect_no_flip_passes;
using ::segfold::testing::sample_file;
using ::segfold::testing::TemporaryFolder;
using ::segfold::testing::write_plainly;

std::string with_length(const std::string& json, const std::string& data) {
  const std::uint64_t length = json.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + json + data;
}

class SafetensorsFile : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "w.safetensors"; }
  void expect_refused(std::initializer_list<std::string> parts) const {
    expect_error<DataError>([&] { read_safetensors(path()); }, {path().string()});
    expect_error<DataError>([&] { read_safetensors(path()); }, parts);
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(SafetensorsFile, GivesBackWhatWasWritten) {
  const TensorFile file = sample_file();
  write_safetensors(path(), file);
  const TensorFile found = read_safetensors(path());
  expect_equal_tensors(found, file);
  EXPECT_EQ(found.metadata, file.metadata);
}

TEST_F(SafetensorsFile, HoldsNoTensorAtAll) {
  write_safetensors(path(), {});
  const TensorFile file = read_safetensors(path());
  EXPECT_TRUE(file.tensors.empty());
  EXPECT_TRUE(file.metadata.empty());
}

TEST_F(SafetensorsFile, HoldsTheSameBytesUnderEveryName) {
  write_safetensors(path(), sample_file());
  write_safetensors(path().parent_path() / "other.safetensors", sample_file());
  EXPECT_EQ(read_file(path().parent_path() / "other.safetensors"), read_file(path()));
}

TEST_F(SafetensorsFile, BeginsItsDataAtAMultipleOfEight) {
  TensorFile file;
  for (int i = 0; i < 20; ++i) {
    file.metadata["note"] = std::string(static_cast<std::size_t>(i), 'x');
    write_safetensors(path(), file);
    EXPECT_EQ(std::filesystem::file_size(path()) % 8, 0u);
  }
}

TEST_F(SafetensorsFile, AlignsEachTensorToItsElements) {
  write_safetensors(
      path(),
      {{{"a", DType::kUInt8, {1}, "x"}, {"b", DType::kFloat64, {1}, "12345678"}, {"c", DType::kFloat16, {1}, "hh"}},
       {}});
  EXPECT_TRUE(read_file(path()).ends_with("12345678hhx"));
  EXPECT_EQ(read_safetensors(path()).tensors.front().name, "a");
}

TEST_F(SafetensorsFile, NoticesEveryBitThatMatters) {
  const TensorFile file = sample_file();
  write_safetensors(path(), file);
  // All but the spaces at the header's end and the checksum's own name.
  EXPECT_GT(expect_no_flip_passes(path(), file), 7.5 * static_cast<double>(std::filesystem::file_size(path())));
}

TEST_F(SafetensorsFile, NoticesEveryCut) {
  write_safetensors(path(), sample_file());
  expect_no_cut_passes(path());
}

TEST_F(SafetensorsFile, NeedsNoChecksumFromOthers) {
  write_plainly(path(), with_length(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", "abc"));
  EXPECT_EQ(read_safetensors(path()).tensors.at(0).data, "abc");
}

TEST_F(SafetensorsFile, RefusesContentThatIsNotWhatItsChecksumSays) {
  write_plainly(
      path(),
      with_length(R"({"__metadata__":{"segfold.sha256":"00"},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})",
                  "abc"));
  expect_refused({"segfold.sha256", "damaged", "dropped that key"});
}

TEST_F(SafetensorsFile, KeepsItsChecksumWhenAnotherProgramOrdersItAnew) {
  TensorFile file;
  file.tensors = {{"a", DType::kUInt8, {1}, "x"}, {"b", DType::kUInt8, {1}, "y"}};
  write_safetensors(path(), file);
  const std::string bytes = read_file(path());
  const std::string digest = bytes.substr(bytes.find("sha256\":\"") + 9, 64);
  write_plainly(
      path(),
      with_length(
          R"({"b": {"shape":[1],"dtype":"U8","data_offsets":[0,1]}, "a": {"shape":[1],"dtype":"U8","data_offsets":[1,2]},)"
          R"( "__metadata__": {"segfold.sha256": ")" +
              digest + R"("}})",
          "yx"));
  EXPECT_EQ(read_safetensors(path()).tensors.at(1).data, "x");
}

TEST_F(SafetensorsFile, RefusesAHeaderLargerThanTheFile) {
  write_plainly(path(), std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10));
  expect_refused({"header of 9223372036854775807 bytes in a file of 10"});
  write_plainly(path(), std::string("\x03\0\0\0\0\0\0\0{}", 10));
  expect_refused({"header of 3 bytes in a file of 10"});
  write_plainly(path(), "short");
  expect_refused({"5 bytes, too few"});
}

TEST_F(SafetensorsFile, RefusesAHeaderOverTheFormatsLimitBeforeReadingIt) {
  const std::uint64_t length = 100'000'001;
  write_plainly(path(), std::string_view(reinterpret_cast<const char*>(&length), sizeof(length)));
  std::filesystem::resize_file(path(), 200'000'000);  // a hole: takes no space
  expect_refused({"header of 100000001 bytes"});
}

TEST_F(SafetensorsFile, RefusesBooleansThatAreNone) {
  write_plainly(path(), with_length(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", "\x02"));
  expect_refused({"'a'", "boolean"});
}

TEST_F(SafetensorsFile, RefusesFoldersAndMissingFiles) {
  expect_error<NotFoundError>([&] { read_safetensors(path()); }, {"w.safetensors", "no such file"});
  expect_error<NotFoundError>([&] { read_safetensors(path().parent_path()); }, {"folder"});
}

TEST_F(SafetensorsFile, WritesNothingThatDoesNotFit) {
  EXPECT_THROW(write_safetensors(path(), {{{"a", DType::kFloat32, {2}, "123"}}, {}}), InternalError);
  expect_error<DataError>([&] { write_safetensors(path(), {{{"__metadata__", DType::kUInt8, {1}, "x"}}, {}}); },
                          {"__metadata__", "rename"});
  EXPECT_THROW(write_safetensors(path(), {{}, {{"note", "\xff"}}}), DataError);
  expect_error<DataError>([&] { write_safetensors(path(), {{}, {{"note", std::string(100'000, 'x')}}}); },
                          {path().string(), "longer than a third of the file", "save it as .pth"});
  EXPECT_FALSE(std::filesystem::exists(path()));
}

}  // namespace
}  // namespace segfold
