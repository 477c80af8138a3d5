#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace segfold {

/// Makes items on many threads and hands them over one at a time in the order of their numbers 0, 1, 2, …, so that what
/// is written does not depend on who was faster. There is no thread for that: the one that made the item due hands over
/// what is ready (with a consumer that waits, OrderedQueue is the simpler one). Works with parallel_for, which starts
/// numbers in rising order: whoever is `capacity` items, one or more, ahead of the one due waits, which bounds the
/// memory. Whatever may fail belongs into put(): a number that is never put is waited for without end.
template <class T>
class OrderedHandOver {
 public:
  /// @param take  called with every item, never by two threads at once
  OrderedHandOver(std::int64_t capacity, std::function<void(T)> take) : capacity_(capacity), take_(std::move(take)) {}

  /// Makes an item (each number once) on the calling thread and hands it over when its turn has come. What `make` or
  /// `take` throws leaves this function; every other thread's item is then dropped.
  template <class Make>
  void put(std::int64_t number, Make&& make) {
    try {
      hand_over(number, make());
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
      changed_.notify_all();
      throw;
    }
  }

 private:
  void hand_over(std::int64_t number, T item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || number < next_ + capacity_; });
    items_.emplace(number, std::move(item));
    // The item due is gone from the map while a thread hands it over, so no other thread gets into the loop meanwhile.
    while (!closed_ && items_.contains(next_)) {
      const auto node = items_.extract(next_);
      lock.unlock();
      take_(std::move(node.mapped()));
      lock.lock();
      ++next_;
      changed_.notify_all();
    }
  }

  std::int64_t capacity_;
  std::function<void(T)> take_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::int64_t, T> items_;
  std::int64_t next_ = 0;  // the number that is due
  bool closed_ = false;
};

}  // namespace segfold
