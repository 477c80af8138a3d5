#pragma once

#include <cstdint>

namespace segfold {

/// What the lists made from a file of an untrusted hand may take. The reader sets it by the file's size and takes from
/// it before it allocates, so that no number in the file and no trick of its format says how much that is.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t bytes) : left_(bytes) {}

  /// Takes `bytes` off; takes nothing and returns false if fewer are left.
  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  /// What was freed can be taken again.
  void give_back(std::uint64_t bytes) { left_ += bytes; }

 private:
  std::uint64_t left_;
};

}  // namespace segfold
