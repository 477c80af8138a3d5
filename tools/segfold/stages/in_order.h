#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace segfold {

/// Makes items on many threads and hands them on one at a time in the order of their indices, so that what is written
/// does not depend on who was faster. Works with parallel_for, which starts indices in rising order: whoever is `ahead`
/// items in front of the next one due waits, which bounds the memory.
template <class T>
class InOrder {
 public:
  /// @param take  called with every item, never by two threads at once
  InOrder(std::int64_t ahead, std::function<void(T)> take) : ahead_(ahead), take_(std::move(take)) {}

  /// Makes item `index` (each exactly once, from 0) on the calling thread and hands it on when its turn has come. What
  /// `make` or `take` throws leaves this function; every other thread's item is then dropped.
  template <class Make>
  void put(std::int64_t index, Make&& make) {
    try {
      hand_on(index, make());
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      failed_ = true;
      moved_.notify_all();
      throw;
    }
  }

 private:
  void hand_on(std::int64_t index, T item) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return index < next_ + ahead_ || failed_; });
    waiting_.emplace(index, std::move(item));
    // The item due is gone from the map while a thread hands it on, so no other thread gets into the loop meanwhile.
    while (!failed_ && waiting_.contains(next_)) {
      const auto node = waiting_.extract(next_);
      lock.unlock();
      take_(std::move(node.mapped()));
      lock.lock();
      ++next_;
      moved_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable moved_;
  std::map<std::int64_t, T> waiting_;
  std::int64_t next_ = 0;
  std::int64_t ahead_;
  bool failed_ = false;
  std::function<void(T)> take_;
};

}  // namespace segfold
