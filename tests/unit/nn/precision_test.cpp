#include "segfold/nn/precision.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

TEST(PrecisionNames, ReadBack) {
  for (const auto precision : {Precision::kFp32, Precision::kBf16}) {
    EXPECT_EQ(precision_from_name(precision_name(precision)), precision);
  }
  EXPECT_EQ(precision_name(Precision::kBf16), "bf16");
}

TEST(PrecisionNames, TellTheKnownOnesForAnother) {
  for (const char* name : {"fp16", "BF16", "auto", ""}) {
    testing::expect_error<DataError>([&] { precision_from_name(name); }, {fmt::format("'{}'", name), "fp32 and bf16"});
  }
}

}  // namespace
}  // namespace segfold
