#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace segfold {

/// Brings items that several threads make in any order back into the order of their numbers 0, 1, 2, … At most
/// `capacity` items, one or more, lie ahead of the consumer: a fast producer waits, so memory stays bounded. Each
/// number is put once. close() wakes everybody: put() then drops its item and says so, take() gives nothing.
/// OrderedHandOver is for items without a thread that waits for them.
template <class T>
class OrderedQueue {
 public:
  explicit OrderedQueue(std::int64_t capacity) : capacity_(capacity) {}

  /// @return false if the queue was closed and the item was dropped.
  bool put(std::int64_t number, T item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || number < next_ + capacity_; });
    if (closed_) return false;
    items_.emplace(number, std::move(item));
    lock.unlock();
    changed_.notify_all();
    return true;
  }

  /// Waits for the next item in order; nothing once the queue is closed.
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || items_.contains(next_); });
    if (closed_) return std::nullopt;
    std::optional<T> item(std::move(items_.extract(next_).mapped()));
    ++next_;
    lock.unlock();
    changed_.notify_all();
    return item;
  }

  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::int64_t, T> items_;
  std::int64_t next_ = 0;
  std::int64_t capacity_;
  bool closed_ = false;
};

}  // namespace segfold
