#pragma once

#include <filesystem>

namespace segfold {

/// A folder that appears whole or not at all. Its content is written to `temporary()`, a hidden sibling; commit() puts
/// that in the place of the target in one step. Without commit() it is removed and an older target stays as it was.
/// A folder that stands there already is replaced only if it is empty (but for empty folders, which a workflow makes
/// beforehand) or was made by this class: it leaves a hidden marker inside, so that an older result is known even if a
/// workflow has deleted some of its files.
class DatasetFolder {
 public:
  /// @throws CannotCreateError if the target is a file, or a folder with somebody else's files; what writing throws.
  explicit DatasetFolder(const std::filesystem::path& target);
  ~DatasetFolder();
  DatasetFolder(const DatasetFolder&) = delete;
  DatasetFolder& operator=(const DatasetFolder&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
};

}  // namespace segfold
