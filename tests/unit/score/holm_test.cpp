#include "segfold/score/holm.h"

#include <gmock/gmock.h>

#include <cmath>

namespace segfold {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::NanSensitiveDoubleEq;

TEST(Holm, MultipliesTheSmallestByTheNumberOfTestsAndSoOn) {
  // In order: 0.005 · 4, 0.01 · 3, 0.03 · 2, and 0.04 · 1 is raised to what stands before it.
  EXPECT_THAT(holm({0.01, 0.04, 0.03, 0.005}),
              ElementsAre(DoubleEq(0.03), DoubleEq(0.06), DoubleEq(0.06), DoubleEq(0.02)));
}

TEST(Holm, LeavesASingleTestAsItIs) { EXPECT_THAT(holm({0.03}), ElementsAre(0.03)); }

TEST(Holm, NeverExceedsOne) { EXPECT_THAT(holm({0.7, 0.6}), ElementsAre(1.0, 1.0)); }

TEST(Holm, TreatsEqualPValuesEqually) { EXPECT_THAT(holm({0.02, 0.02}), ElementsAre(0.04, 0.04)); }

TEST(Holm, DoesNotCountWhatWasNotTested) {
  EXPECT_THAT(holm({std::nan(""), 0.02, std::nan(""), 0.5}),
              ElementsAre(NanSensitiveDoubleEq(std::nan("")), DoubleEq(0.04), NanSensitiveDoubleEq(std::nan("")),
                          DoubleEq(0.5)));
  EXPECT_THAT(holm({}), IsEmpty());
}

}  // namespace
}  // namespace segfold
