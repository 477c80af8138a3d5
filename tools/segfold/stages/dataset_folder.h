#pragma once

#include <filesystem>

#include "segfold/base/atomic_folder.h"

namespace segfold {

/// The folder that synthesize makes. One that stands there already is replaced only if it is empty (but for empty
/// folders, which a workflow makes beforehand) or was made by this class: it leaves a hidden marker inside, so that an
/// older result is known even if a workflow has deleted some of its files.
class DatasetFolder {
 public:
  /// @throws CannotCreateError if the target is a folder with somebody else's files; as AtomicFolder.
  explicit DatasetFolder(const std::filesystem::path& target);

  const std::filesystem::path& temporary() const { return folder_.temporary(); }
  void commit();

 private:
  AtomicFolder folder_;
};

}  // namespace segfold
