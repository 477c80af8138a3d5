#include "segfold/base/csv.h"

#include <gtest/gtest.h>

#include <cmath>

namespace segfold {
namespace {

TEST(Csv, QuotesOnlyFieldsThatNeedIt) {
  EXPECT_EQ(csv_field("plain text"), "plain text");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"so\""), "\"say \"\"so\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
}

TEST(Csv, NumbersKeepAllDigitsAndMissingOnesAreEmpty) {
  EXPECT_EQ(csv_field(0.1), "0.1");
  EXPECT_EQ(csv_field(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(csv_field(std::nan("")), "");
}

TEST(Csv, ALineEndsWithANewline) { EXPECT_EQ(join_csv_fields({"a", "", "b"}), "a,,b\n"); }

}  // namespace
}  // namespace segfold
