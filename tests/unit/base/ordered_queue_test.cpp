#include "segfold/base/ordered_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace segfold {
namespace {

constexpr auto kAWhile = std::chrono::milliseconds(30);
constexpr auto kLong = std::chrono::seconds(20);

template <class T>
bool waits(std::future<T>& future) {
  return future.wait_for(kAWhile) == std::future_status::timeout;
}

TEST(OrderedQueue, GivesItemsInTheOrderOfTheirNumbers) {
  OrderedQueue<int> queue(3);
  ASSERT_TRUE(queue.put(2, 20));
  ASSERT_TRUE(queue.put(0, 0));
  ASSERT_TRUE(queue.put(1, 10));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(queue.take(), 10 * i);
}

TEST(OrderedQueue, OrdersWhatManyThreadsMake) {
  constexpr std::int64_t kItems = 2000;
  OrderedQueue<std::unique_ptr<std::int64_t>> queue(4);
  std::atomic<std::int64_t> next{0};
  std::vector<std::jthread> producers;
  for (int i = 0; i < 4; ++i) {
    producers.emplace_back([&] {
      for (std::int64_t n = next++; n < kItems; n = next++) queue.put(n, std::make_unique<std::int64_t>(n));
    });
  }
  for (std::int64_t n = 0; n < kItems; ++n) EXPECT_EQ(**queue.take(), n);
}

TEST(OrderedQueue, MakesAFastProducerWait) {
  OrderedQueue<int> queue(2);
  ASSERT_TRUE(queue.put(0, 0));
  ASSERT_TRUE(queue.put(1, 1));
  auto third = std::async(std::launch::async, [&] { return queue.put(2, 2); });
  EXPECT_TRUE(waits(third));
  EXPECT_EQ(queue.take(), 0);
  EXPECT_EQ(third.wait_for(kLong), std::future_status::ready);
  EXPECT_TRUE(third.get());
}

TEST(OrderedQueue, MakesTheConsumerWaitForTheNextInOrder) {
  OrderedQueue<int> queue(2);
  ASSERT_TRUE(queue.put(1, 1));
  auto first = std::async(std::launch::async, [&] { return queue.take(); });
  EXPECT_TRUE(waits(first));
  ASSERT_TRUE(queue.put(0, 0));
  EXPECT_EQ(first.get(), 0);
}

TEST(OrderedQueue, CloseWakesEverybody) {
  OrderedQueue<int> queue(1);
  auto ahead = std::async(std::launch::async, [&] { return queue.put(1, 1); });
  auto consumer = std::async(std::launch::async, [&] { return queue.take(); });
  EXPECT_TRUE(waits(ahead));
  EXPECT_TRUE(waits(consumer));
  queue.close();
  EXPECT_FALSE(ahead.get());
  EXPECT_EQ(consumer.get(), std::nullopt);
}

TEST(OrderedQueue, TakesAndGivesNothingOnceClosed) {
  OrderedQueue<int> queue(2);
  ASSERT_TRUE(queue.put(0, 0));
  queue.close();
  EXPECT_FALSE(queue.put(1, 1));
  EXPECT_EQ(queue.take(), std::nullopt);
}

}  // namespace
}  // namespace segfold
