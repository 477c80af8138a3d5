#pragma once

#include <filesystem>
#include <string_view>

namespace segfold::testing {

/// A regular file that is nowhere on a disk but can be opened by its path. Fuzzers write one some thousand times a
/// second.
class MemoryFile {
 public:
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  /// Replaces its whole content.
  void assign(std::string_view bytes);
  const std::filesystem::path& path() const { return path_; }

 private:
  int descriptor_;
  std::filesystem::path path_;
};

}  // namespace segfold::testing
