#pragma once

#include <cstdint>
#include <functional>

namespace segfold {

/// Runs `work(i)` for i in [0, count) on up to `threads` threads; which thread runs which i is not defined, so `work`
/// must not let it show. Of the exceptions thrown, the one of the smallest i is rethrown after all threads ended.
void parallel_for(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work);

/// The same with a `work` for each thread, which `make_work` makes there: it can keep memory from one i to the next.
/// `make_work` runs on several threads at once.
void parallel_for_each_with(std::int64_t count, int threads,
                            const std::function<std::function<void(std::int64_t)>()>& make_work);

/// Makes sure that `count` further threads can run side by side, for libraries that end the process without a word
/// where they cannot have theirs. @throws Error with ExitCode::kOutOfMemory naming the remedy.
void require_threads(int count);

}  // namespace segfold
