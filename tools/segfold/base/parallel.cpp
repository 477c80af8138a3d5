#include "segfold/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace segfold {

void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work) {
  parallel_for_each_with(count, threads, [&] { return [&](std::int64_t i) { work(i); }; });
}

void parallel_for_each_with(std::int64_t count, int threads,
                            const std::function<std::function<void(std::int64_t)>()>& make_work) {
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::exception_ptr first;
  std::int64_t first_index = count;

  const auto run = [&] {
    std::function<void(std::int64_t)> work;
    while (!stop.load()) {
      const std::int64_t i = next.fetch_add(1);
      if (i >= count) return;
      try {
        if (!work) work = make_work();
        work(i);
      } catch (...) {
        // Smaller indices were handed out before and finish on their own, so the smallest failure is found.
        const std::scoped_lock lock(mutex);
        if (i < first_index) {
          first_index = i;
          first = std::current_exception();
        }
        stop.store(true);
      }
    }
  };

  const auto extra = std::min<std::int64_t>(std::max(threads, 1), count) - 1;
  std::vector<std::jthread> workers;
  for (std::int64_t i = 0; i < extra; ++i) workers.emplace_back(run);
  run();
  workers.clear();
  if (first) std::rethrow_exception(first);
}

}  // namespace segfold
