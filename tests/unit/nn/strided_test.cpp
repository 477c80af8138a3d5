#include "segfold/nn/strided.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "segfold/base/error.h"

namespace segfold {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

TEST(Strided, AcceptsAViewThatEndsWithItsStorage) {
  EXPECT_EQ(view_fault({4, {2, 3}, {3, 1}}, 10), "");
  EXPECT_THAT(std::string(view_fault({5, {2, 3}, {3, 1}}, 10)), HasSubstr("beyond"));
}

TEST(Strided, AcceptsAScalarInsideItsStorageOnly) {
  EXPECT_EQ(view_fault({9, {}, {}}, 10), "");
  EXPECT_THAT(std::string(view_fault({10, {}, {}}, 10)), HasSubstr("beyond"));
}

TEST(Strided, RefusesWhatWouldOverflow) {
  EXPECT_THAT(std::string(view_fault({0, {3}, {kHuge}}, 10)), HasSubstr("beyond"));
  EXPECT_THAT(std::string(view_fault({0, {3, 3}, {kHuge / 2, kHuge / 2}}, kHuge)), HasSubstr("more than once"));
  EXPECT_THAT(std::string(view_fault({kHuge, {2}, {1}}, kHuge)), HasSubstr("beyond"));
  EXPECT_THAT(std::string(view_fault({1, {2}, {kHuge}}, kHuge)), HasSubstr("beyond"));
}

TEST(Strided, RefusesNegativeNumbersAndAnotherCountOfStrides) {
  EXPECT_THAT(std::string(view_fault({-1, {1}, {1}}, 10)), HasSubstr("negative"));
  EXPECT_THAT(std::string(view_fault({5, {2}, {-1}}, 10)), HasSubstr("negative"));
  EXPECT_THAT(std::string(view_fault({0, {2, 2}, {1}}, 10)), HasSubstr("strides"));
}

TEST(Strided, RefusesAViewThatShowsAnElementTwice) {
  EXPECT_THAT(std::string(view_fault({0, {1000000}, {0}}, 1)), HasSubstr("more than once"));
  EXPECT_THAT(std::string(view_fault({0, {2, 3}, {2, 1}}, 10)), HasSubstr("more than once"));
}

TEST(Strided, NeedsNoStorageForAnEmptyView) { EXPECT_EQ(view_fault({7, {0, 5}, {5, 1}}, 0), ""); }

TEST(Strided, IgnoresTheStrideOfASingleRow) {
  EXPECT_EQ(view_fault({0, {1, 4}, {kHuge, 1}}, 4), "");
  EXPECT_TRUE(is_dense({0, {1, 4}, {kHuge, 1}}));
}

TEST(Strided, KnowsRowMajorOrder) {
  EXPECT_TRUE(is_dense({3, {2, 3, 4}, {12, 4, 1}}));
  EXPECT_FALSE(is_dense({0, {3, 2}, {1, 3}}));
  EXPECT_FALSE(is_dense({0, {2, 3}, {4, 1}}));
  EXPECT_TRUE(is_dense({0, {0, 3}, {9, 9}}));
  EXPECT_TRUE(is_dense({0, {}, {}}));
}

TEST(Strided, GathersATransposedView) { EXPECT_EQ(gather("abcdef", {0, {3, 2}, {1, 3}}, 1), "adbecf"); }

TEST(Strided, GathersEveryOtherElementOfARange) { EXPECT_EQ(gather("abcdefgh", {1, {3}, {2}}, 1), "bdf"); }

TEST(Strided, GathersElementsOfEachWidth) {
  EXPECT_EQ(gather("aabbccdd", {0, {2, 2}, {1, 2}}, 2), "aaccbbdd");
  EXPECT_EQ(gather("aaaabbbbccccdddd", {0, {2, 2}, {1, 2}}, 4), "aaaaccccbbbbdddd");
  EXPECT_EQ(gather("aaaaaaaabbbbbbbbcccccccc", {0, {2}, {2}}, 8), "aaaaaaaacccccccc");
  EXPECT_EQ(gather("aaaaaaaabbbbbbbb", {1, {1}, {1}}, 8), "bbbbbbbb");
  EXPECT_THROW(gather("abcdef", {0, {2, 1}, {3, 1}}, 3), InternalError);
}

TEST(Strided, GathersWeightsThatLieChannelsLast) {
  // [O, I, H, W] = [2, 2, 1, 2], stored as [O, H, W, I]: element (o, i, 0, w) at o·4 + w·2 + i.
  EXPECT_EQ(gather("abcdefgh", {0, {2, 2, 1, 2}, {4, 1, 4, 2}}, 1), "acbdegfh");
}

TEST(Strided, GathersAScalarAndNothing) {
  EXPECT_EQ(gather("abc", {2, {}, {}}, 1), "c");
  EXPECT_EQ(gather("", {0, {0, 2}, {2, 1}}, 4), "");
}

}  // namespace
}  // namespace segfold
