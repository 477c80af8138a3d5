#pragma once

#include <cstddef>

namespace segfold::testing {

/// Counts what C++ code allocates while it lives, on every thread; one at a time. It knows the operator new of the
/// executables that allocation_watch.cpp is part of, not malloc by libraries in C.
class AllocationWatch {
 public:
  AllocationWatch();
  ~AllocationWatch();
  AllocationWatch(const AllocationWatch&) = delete;
  AllocationWatch& operator=(const AllocationWatch&) = delete;

  std::size_t largest() const;  ///< bytes of the largest single request
  std::size_t peak() const;     ///< most bytes that were held at once, of those allocated since the watch began
};

}  // namespace segfold::testing
