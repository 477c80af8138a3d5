#pragma once

#include <filesystem>
#include <functional>

namespace segfold {

/// A folder that appears whole or not at all. Its content is written to `temporary()`, a hidden sibling; commit() puts
/// that in the place of the target in one step. Without commit() it is removed and an older target stays as it was. A
/// target that is a link is written through. What killed processes left of this target is removed.
class AtomicFolder {
 public:
  /// @param require_replaceable  called with a folder that stands there already; throws unless it may be dropped
  /// @throws CannotCreateError if the target is a file; what `require_replaceable` and writing throw.
  AtomicFolder(const std::filesystem::path& target,
               const std::function<void(const std::filesystem::path& folder)>& require_replaceable);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
};

}  // namespace segfold
