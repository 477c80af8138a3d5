#include "segfold/base/parallel.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <latch>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "segfold/base/error.h"

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

void require_threads(int count) {
  std::latch all_tried(1);
  std::vector<std::jthread> threads;
  try {
    for (int i = 0; i < count; ++i) threads.emplace_back([&all_tried] { all_tried.wait(); });
    all_tried.count_down();
  } catch (const std::system_error&) {
    all_tried.count_down();
    throw Error(ExitCode::kOutOfMemory,
                fmt::format("only {} of {} threads could be started; use fewer --threads, or raise the limit of "
                            "processes (ulimit -u, pids.max of the control group)",
                            threads.size(), count));
  }
}

}  // namespace segfold
