#include "tests/fuzz/allocation_watch.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

// Plain counters, as operator new runs before anything else is there.
std::atomic<bool> watching{false};
std::atomic<std::size_t> largest_request{0};
std::atomic<std::ptrdiff_t> held{0};
std::atomic<std::ptrdiff_t> most_held{0};

template <class T>
void raise_to(std::atomic<T>& maximum, T value) {
  T seen = maximum.load();
  while (seen < value && !maximum.compare_exchange_weak(seen, value)) {
  }
}

void* allocate_or_null(std::size_t bytes) {
  if (watching) raise_to(largest_request, bytes);  // also one that cannot be met
  // NOLINTNEXTLINE(cppcoreguidelines-no-malloc): what the operators new and delete are made of here
  void* memory = std::malloc(std::max(bytes, std::size_t{1}));
  if (watching && memory != nullptr) {
    const auto more = static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
    raise_to(most_held, held += more);
  }
  return memory;
}

void* allocate(std::size_t bytes) {
  void* memory = allocate_or_null(bytes);
  return memory != nullptr ? memory : throw std::bad_alloc();
}

void release(void* memory) {
  if (watching) held -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc): likewise
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate_or_null(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return allocate_or_null(bytes); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { release(memory); }

namespace segfold::testing {

AllocationWatch::AllocationWatch() {
  largest_request = 0;
  held = 0;
  most_held = 0;
  watching = true;
}

AllocationWatch::~AllocationWatch() { watching = false; }

// NOLINTBEGIN(readability-convert-member-functions-to-static): they speak of the watch that is on
std::size_t AllocationWatch::largest() const { return largest_request; }

std::size_t AllocationWatch::peak() const { return static_cast<std::size_t>(std::max<std::ptrdiff_t>(most_held, 0)); }
// NOLINTEND(readability-convert-member-functions-to-static)

}  // namespace segfold::testing
