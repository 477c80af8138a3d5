#include "segfold/base/ordered_hand_over.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "segfold/base/parallel.h"

namespace segfold {
namespace {

constexpr int kThreads = 8;
constexpr std::int64_t kItems = 200;

/// Some take longer than others, so that threads overtake each other.
void dawdle(std::int64_t i) { std::this_thread::sleep_for(std::chrono::microseconds(i % 7 * 100)); }

TEST(OrderedHandOver, KeepsTheOrderOfTheNumbers) {
  std::vector<std::int64_t> taken;
  OrderedHandOver<std::int64_t> hand_over(4, [&](std::int64_t item) { taken.push_back(item); });
  parallel_for(kItems, kThreads, [&](std::int64_t i) {
    hand_over.put(i, [&] {
      dawdle(i);
      return i;
    });
  });
  std::vector<std::int64_t> expected(kItems);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(taken, expected);
}

TEST(OrderedHandOver, HandsOverOneItemAtATime) {
  std::atomic<int> inside{0};
  int most = 0;
  OrderedHandOver<std::int64_t> hand_over(8, [&](std::int64_t) {
    most = std::max(most, ++inside);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    --inside;
  });
  parallel_for(kItems, kThreads, [&](std::int64_t i) { hand_over.put(i, [&] { return i; }); });
  EXPECT_EQ(most, 1);
}

TEST(OrderedHandOver, NeverRunsFarAheadOfASlowItem) {
  std::atomic<std::int64_t> made{0};
  std::int64_t made_when_first_was_taken = -1;
  OrderedHandOver<std::int64_t> hand_over(4, [&](std::int64_t item) {
    if (item == 0) made_when_first_was_taken = made;
  });
  parallel_for(kItems, kThreads, [&](std::int64_t i) {
    hand_over.put(i, [&] {
      if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      ++made;
      return i;
    });
  });
  EXPECT_LE(made_when_first_was_taken, 4 + kThreads);
}

/// Lets item 0 fail when the other threads have made theirs, most of which then wait for their turn.
class FirstFails {
 public:
  std::int64_t make(std::int64_t i) {
    if (i > 0) ++made_;
    return i;
  }
  [[noreturn]] void fail() const {
    while (made_ < kThreads - 1) std::this_thread::yield();
    throw std::runtime_error("disk full");
  }

 private:
  std::atomic<int> made_{0};
};

TEST(OrderedHandOver, EndsInsteadOfWaitingForAnItemThatFailed) {
  FirstFails items;
  OrderedHandOver<std::int64_t> hand_over(2, [](std::int64_t) {});
  const auto work = [&](std::int64_t i) {
    hand_over.put(i, [&] {
      if (i == 0) items.fail();
      return items.make(i);
    });
  };
  EXPECT_THROW(parallel_for(kItems, kThreads, work), std::runtime_error);
}

TEST(OrderedHandOver, EndsWhenHandingOverFails) {
  FirstFails items;
  std::atomic<int> calls{0};
  OrderedHandOver<std::int64_t> hand_over(2, [&](std::int64_t) {
    ++calls;
    items.fail();
  });
  EXPECT_THROW(parallel_for(kItems, kThreads, [&](std::int64_t i) { hand_over.put(i, [&] { return items.make(i); }); }),
               std::runtime_error);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace segfold
