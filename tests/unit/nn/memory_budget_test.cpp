#include "segfold/nn/memory_budget.h"

#include <gtest/gtest.h>

#include <limits>

namespace segfold {
namespace {

TEST(MemoryBudget, GivesWhatIsLeftAndNoMore) {
  MemoryBudget budget(10);
  EXPECT_TRUE(budget.take(4));
  EXPECT_FALSE(budget.take(7));
  EXPECT_TRUE(budget.take(6));
  EXPECT_TRUE(budget.take(0));
  EXPECT_FALSE(budget.take(1));
}

TEST(MemoryBudget, GivesAgainWhatWasGivenBack) {
  MemoryBudget budget(10);
  EXPECT_TRUE(budget.take(10));
  budget.give_back(3);
  EXPECT_FALSE(budget.take(4));
  EXPECT_TRUE(budget.take(3));
}

TEST(MemoryBudget, CannotBeOverrunByTheLargestNumber) {
  MemoryBudget budget(10);
  EXPECT_TRUE(budget.take(5));
  EXPECT_FALSE(budget.take(std::numeric_limits<std::uint64_t>::max()));
}

}  // namespace
}  // namespace segfold
