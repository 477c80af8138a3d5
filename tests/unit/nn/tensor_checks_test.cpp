#include "segfold/nn/tensor_checks.h"

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;

using Shape = std::vector<std::int64_t>;

TEST(TensorChecks, CountTheElementsOfAShape) {
  EXPECT_EQ(element_count(Shape{64, 3, 7, 7}), 9408);
  EXPECT_EQ(element_count(Shape{}), 1);
  EXPECT_EQ(element_count(Shape{5, 0, 3}), 0);
}

TEST(TensorChecks, RefuseShapesThatNoTensorHas) {
  constexpr std::int64_t k2to32 = std::int64_t{1} << 32;
  EXPECT_EQ(element_count(Shape{3, -1}), std::nullopt);
  EXPECT_EQ(element_count(Shape{k2to32, k2to32}), std::nullopt);
  EXPECT_EQ(element_count(Shape{k2to32, k2to32, 4}), std::nullopt);
  EXPECT_EQ(element_count(Shape{0, k2to32, k2to32}), std::nullopt);
  EXPECT_EQ(element_count(Shape(64, 1)), 1);
  EXPECT_EQ(element_count(Shape(65, 1)), std::nullopt);
}

TEST(TensorChecks, ShowForeignTextOnOneLine) {
  EXPECT_EQ(printable("conv1.weight"), "conv1.weight");
  EXPECT_EQ(printable("a\nb\x1b[31m\x7f"), "a?b?[31m?");
  EXPECT_EQ(printable("größe"), "größe");
  EXPECT_EQ(printable("\xff\xfe"), "??");
}

TEST(TensorChecks, CutLongTextBetweenLetters) {
  EXPECT_EQ(printable(std::string(101, 'x')), std::string(100, 'x') + "…");
  EXPECT_EQ(printable(std::string(99, 'x') + "ö"), std::string(99, 'x') + "…");
  EXPECT_EQ(printable(std::string(100, 'x')), std::string(100, 'x'));
}

TEST(TensorChecks, RefuseABooleanThatIsNeitherTrueNorFalse) {
  EXPECT_NO_THROW(require_booleans({"a", DType::kBool, {2}, std::string("\x00\x01", 2)}, "w.pth"));
  EXPECT_NO_THROW(require_booleans({"a", DType::kUInt8, {1}, "\x02"}, "w.pth"));
  expect_error<DataError>([] { require_booleans({"a", DType::kBool, {1}, "\x02"}, "w.pth"); },
                          {"w.pth: tensor 'a'", "byte 2"});
}

TEST(TensorChecks, RefuseToWriteWhatDoesNotFit) {
  const NamedTensor good{"a", DType::kFloat32, {2}, std::string(8, '\0')};
  EXPECT_NO_THROW(require_writable({good}, "w.pth"));
  expect_error<InternalError>([&] { require_writable({good, good}, "w.pth"); }, {"w.pth: tensor 'a'", "twice"});
  expect_error<InternalError>([] { require_writable({{"a", DType::kFloat32, {3}, std::string(8, '\0')}}, "w.pth"); },
                              {"8 bytes", "[3]"});
  expect_error<InternalError>([] { require_writable({{"a", DType::kFloat32, {-2}, ""}}, "w.pth"); }, {"[-2]"});
  expect_error<InternalError>([] { require_writable({{"\xff", DType::kFloat32, {0}, ""}}, "w.pth"); }, {"UTF-8"});
}

}  // namespace
}  // namespace segfold
