#include "segfold/base/parallel.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "segfold/base/error.h"

namespace segfold {
namespace {

TEST(ParallelFor, RunsEveryIndexOnce) {
  for (const int threads : {-1, 0, 1, 2, 7, 200}) {
    std::vector<std::atomic<int>> runs(100);
    parallel_for(100, threads, [&](std::int64_t i) { ++runs[static_cast<std::size_t>(i)]; });
    for (const auto& count : runs) EXPECT_EQ(count.load(), 1);
  }
}

TEST(ParallelFor, RunsNothingOfNothing) {
  parallel_for(0, 4, [](std::int64_t) { FAIL(); });
}

TEST(ParallelFor, UsesNoMoreThreadsThanAsked) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  parallel_for(50, 2, [&](std::int64_t) {
    const std::scoped_lock lock(mutex);
    threads.insert(std::this_thread::get_id());
  });
  EXPECT_LE(threads.size(), 2u);
}

TEST(ParallelFor, HasAsManyAtWorkAsAsked) {
  std::latch all(3);
  parallel_for(3, 3, [&](std::int64_t) {
    all.count_down();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!all.try_wait() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(all.try_wait()) << "one waited for a thread that was not there";
  });
}

TEST(ParallelFor, RethrowsTheFailureOfTheSmallestIndex) {
  for (const std::int64_t later : {0, 1}) {  // whichever of the two fails first in time
    try {
      std::latch both(2), other_fails(1);
      parallel_for(100, 2, [&](std::int64_t i) {
        both.arrive_and_wait();
        if (i != later) other_fails.count_down();
        other_fails.wait();
        if (i == later) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        throw std::runtime_error(std::to_string(i));
      });
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "0");
    }
  }
}

TEST(ParallelFor, StopsSoonAfterAFailure) {
  std::atomic<int> runs{0};
  EXPECT_THROW(parallel_for(100000, 2,
                            [&](std::int64_t i) {
                              ++runs;
                              if (i == 0) throw std::runtime_error("x");
                              std::this_thread::sleep_for(std::chrono::microseconds(100));
                            }),
               std::runtime_error);
  EXPECT_LT(runs.load(), 50000);
}

TEST(ParallelForEachWith, GivesEachThreadAWorkOfItsOwn) {
  std::atomic<int> made{0}, sum{0};
  parallel_for_each_with(100, 3, [&] {
    ++made;
    return [&, kept = 0](std::int64_t) mutable { sum += ++kept; };
  });
  EXPECT_LE(made.load(), 3);
  EXPECT_GE(sum.load(), 595 + 561 + 561);  // least when the threads count to 34, 33 and 33
}

TEST(ParallelForEachWith, RethrowsTheFailureToMakeTheWork) {
  const auto fail = []() -> std::function<void(std::int64_t)> { throw std::runtime_error("no memory"); };
  EXPECT_THROW(parallel_for_each_with(4, 2, fail), std::runtime_error);
}

TEST(RequireThreads, SaysHowManyThereAreWhereAFewCannotBeHad) {
  EXPECT_NO_THROW(require_threads(4));
  const pid_t child = ::fork();
  if (child == 0) {
    // Room for the stacks of a few: a limit of processes would not stop root.
    const struct rlimit little{.rlim_cur = 64 << 20, .rlim_max = 64 << 20};
    ::setrlimit(RLIMIT_AS, &little);
    try {
      require_threads(100);
    } catch (const Error& error) {
      ::_exit(error.code() == ExitCode::kOutOfMemory ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace segfold
