#include "segfold/nn/tensor_file.h"

#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/nn/weights_testing.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_equal_tensors;
using ::segfold::testing::expect_error;
using ::segfold::testing::sample_file;
using ::segfold::testing::TemporaryFolder;

TEST(TensorFile, KnowsTheSizeOfEachType) {
  EXPECT_EQ(dtype_size(DType::kFloat64), 8);
  EXPECT_EQ(dtype_size(DType::kInt64), 8);
  EXPECT_EQ(dtype_size(DType::kFloat32), 4);
  EXPECT_EQ(dtype_size(DType::kInt32), 4);
  EXPECT_EQ(dtype_size(DType::kFloat16), 2);
  EXPECT_EQ(dtype_size(DType::kBFloat16), 2);
  EXPECT_EQ(dtype_size(DType::kUInt8), 1);
  EXPECT_EQ(dtype_size(DType::kBool), 1);
}

TEST(TensorFile, CallsTypesAsPythonDoes) {
  EXPECT_EQ(dtype_name(DType::kFloat64), "float64");
  EXPECT_EQ(dtype_name(DType::kFloat32), "float32");
  EXPECT_EQ(dtype_name(DType::kFloat16), "float16");
  EXPECT_EQ(dtype_name(DType::kBFloat16), "bfloat16");
  EXPECT_EQ(dtype_name(DType::kInt64), "int64");
  EXPECT_EQ(dtype_name(DType::kInt32), "int32");
  EXPECT_EQ(dtype_name(DType::kUInt8), "uint8");
  EXPECT_EQ(dtype_name(DType::kBool), "bool");
}

TEST(TensorFile, SaysByWhichChecksumItWasFoundWhole) {
  const TemporaryFolder folder;
  write_tensor_file(folder / "w.pth", sample_file());
  write_tensor_file(folder / "w.safetensors", sample_file());
  write_file(folder / "plain.safetensors", std::string("\2\0\0\0\0\0\0\0{}", 10));
  EXPECT_EQ(read_tensor_file(folder / "w.pth").checksum, Checksum::kCrc32);
  EXPECT_EQ(read_tensor_file(folder / "w.safetensors").checksum, Checksum::kSha256);
  EXPECT_EQ(read_tensor_file(folder / "plain.safetensors").checksum, Checksum::kNone);
}

TEST(TensorFile, TakesTheFormFromTheEnding) {
  const TemporaryFolder folder;
  write_tensor_file(folder / "w.pth", sample_file());
  write_tensor_file(folder / "w.safetensors", sample_file());
  EXPECT_TRUE(read_file(folder / "w.pth").starts_with("PK"));
  EXPECT_EQ(read_file(folder / "w.safetensors")[8], '{');
}

TEST(TensorFile, PassesFromOneFormToTheOtherAndBack) {
  const TemporaryFolder folder;
  write_tensor_file(folder / "1.pth", sample_file());
  write_tensor_file(folder / "2.safetensors", read_tensor_file(folder / "1.pth"));
  write_tensor_file(folder / "3.pth", read_tensor_file(folder / "2.safetensors"));
  EXPECT_EQ(read_file(folder / "3.pth"), read_file(folder / "1.pth"));
  const TensorFile found = read_tensor_file(folder / "3.pth");
  expect_equal_tensors(found, sample_file());
  EXPECT_EQ(found.metadata, sample_file().metadata);
}

TEST(TensorFile, RefusesAnotherEnding) {
  const TemporaryFolder folder;
  for (const char* name : {"w.pt", "w", "w.PTH", "w.safetensors.gz", ".pth"}) {
    expect_error<UsageError>([&] { require_tensor_file_ending(name); }, {name, ".pth or .safetensors"});
    write_file(folder / name, "something");
    EXPECT_THROW(read_tensor_file(folder / name), UsageError);
    EXPECT_THROW(write_tensor_file(name, {}), UsageError);
  }
  EXPECT_THROW(read_tensor_file(folder / "none"), NotFoundError);
  EXPECT_NO_THROW(require_tensor_file_ending("a/b.c/w.pth"));
  EXPECT_NO_THROW(require_tensor_file_ending("w.safetensors"));
}

TEST(TensorFile, RefusesTheOtherFormUnderItsEnding) {
  const TemporaryFolder folder;
  write_tensor_file(folder / "w.pth", sample_file());
  write_tensor_file(folder / "w.safetensors", sample_file());
  std::filesystem::rename(folder / "w.pth", folder / "swap");
  std::filesystem::rename(folder / "w.safetensors", folder / "w.pth");
  std::filesystem::rename(folder / "swap", folder / "w.safetensors");
  EXPECT_THROW(read_tensor_file(folder / "w.pth"), DataError);
  EXPECT_THROW(read_tensor_file(folder / "w.safetensors"), DataError);
}

}  // namespace
}  // namespace segfold
