#include "segfold/nn/foreign_weights.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using testing::expect_error;

NamedTensor named(const std::string& name) { return {name, DType::kUInt8, {1}, std::string(1, '\0')}; }

TEST(StripWrappers, TakesOffWhatAllNamesShareAndNothingElse) {
  std::vector<NamedTensor> tensors{named("module.encoder.a"), named("module.encoder.b")};
  EXPECT_EQ(strip_wrappers(tensors), "module.encoder.");
  EXPECT_EQ(tensors[1].name, "b");
  std::vector<NamedTensor> mixed{named("encoder.a"), named("head.a")};
  EXPECT_EQ(strip_wrappers(mixed), "");
  EXPECT_EQ(mixed[0].name, "encoder.a");
  std::vector<NamedTensor> none;
  EXPECT_EQ(strip_wrappers(none), "");
}

TEST(StripWrappers, TakesNoTimeForANameOfNothingElse) {
  std::string name;
  for (int i = 0; i < 200'000; ++i) name += "module.";
  std::vector<NamedTensor> tensors{named(name)};
  EXPECT_EQ(strip_wrappers(tensors), name);
}

TEST(AddMissingCounters, GivesEachStatisticOne) {
  std::vector<NamedTensor> tensors{named("bn1.running_var"), named("bn2.running_var"),
                                   named("bn2.num_batches_tracked")};
  add_missing_counters(tensors);
  ASSERT_EQ(tensors.size(), 4U);
  EXPECT_EQ(tensors[3].name, "bn1.num_batches_tracked");
  EXPECT_EQ(tensors[3].dtype, DType::kInt64);
  EXPECT_EQ(tensors[3].data, std::string(8, '\0'));
}

TEST(RequireSound, KnowsInfinityOfEveryFloatingType) {
  const auto with = [](DType dtype, const std::string& value) {
    return std::vector<NamedTensor>{{"w", dtype, {2}, std::string(value.size(), '\0') + value}};
  };
  for (const auto& [dtype, bad, good] : std::vector<std::tuple<DType, std::string, std::string>>{
           {DType::kFloat32, std::string("\0\0\x80\xff", 4), std::string("\xff\xff\x7f\x7f", 4)},
           {DType::kFloat64, std::string("\0\0\0\0\0\0\xf0\x7f", 8), std::string("\0\0\0\xe0\xff\xff\xef\xc7", 8)},
           {DType::kFloat16, std::string("\x01\x7c", 2), std::string("\xff\x7b", 2)},
           {DType::kBFloat16, std::string("\xc0\x7f", 2), std::string("\x7f\xff", 2)}}) {
    expect_error<DataError>([&] { require_sound(with(dtype, bad), "x.pth"); }, {"x.pth: 'w'", "place 1 of [2]"});
    EXPECT_NO_THROW(require_sound(with(dtype, good), "x.pth"));
  }
  const std::string beyond_float32("\0\0\0\0\0\0\xf0\x47", 8);
  expect_error<DataError>([&] { require_sound(with(DType::kFloat64, beyond_float32), "x.pth"); }, {"infinity"});
  EXPECT_NO_THROW(require_sound(with(DType::kInt64, std::string(8, '\xff')), "x.pth"));
}

TEST(RequireSound, RefusesANegativeVarianceButNotMinusZero) {
  const auto variance = [](const std::string& value) {
    return std::vector<NamedTensor>{{"bn.running_var", DType::kFloat32, {1}, value}};
  };
  EXPECT_NO_THROW(require_sound(variance(std::string("\0\0\0\x80", 4)), "x"));
  expect_error<DataError>([&] { require_sound(variance(std::string("\1\0\0\x80", 4)), "x"); }, {"no finite variance"});
}

}  // namespace
}  // namespace segfold
