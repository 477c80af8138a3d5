#include "segfold/base/size.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

TEST(Size, IsWrittenRowsFirst) {
  EXPECT_EQ(to_string(Size{512, 1024}), "512x1024");
  EXPECT_EQ(parse_size("512x1024"), (Size{512, 1024}));
  EXPECT_EQ(parse_size("1x16384"), (Size{1, kMaxSide}));
}

TEST(Size, HasAnAreaBeyond32Bits) { EXPECT_EQ((Size{100'000, 100'000}).area(), 10'000'000'000); }

TEST(Size, RefusesWhatIsNone) {
  for (const char* text :
       {"",      "x",   "512",  "512x", "x512",  "0x8",   "8x0",    "-8x8",    "8x-8",    "+8x8",
        "8x8x8", "8X8", " 8x8", "8x8 ", "8.0x8", "1e2x8", "0x10x8", "16385x8", "8x16385", "8x99999999999999999999",
        "nanx8"}) {
    testing::expect_error<UsageError>([&] { parse_size(text); }, {fmt::format("'{}'", text), "HEIGHTxWIDTH", "16384"});
  }
}

}  // namespace
}  // namespace segfold
