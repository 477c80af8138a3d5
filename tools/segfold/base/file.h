#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace segfold {

/// Whole content of a regular file.
/// @param max_bytes  a larger file is refused before anything is allocated.
/// @throws NotFoundError if missing or not a regular file, PermissionError, IoError, DataError if too large.
std::string read_file(const std::filesystem::path& path, std::uint64_t max_bytes = std::uint64_t{1} << 33);

/// Writes a result to standard output, to its last byte. @throws IoError, e.g. when the disk is full or a pipe's reader
/// is gone.
void write_stdout(std::string_view text);

/// Replaces `path` by `bytes`, whole or not at all (see AtomicFile).
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// @throws NotFoundError with the remedy unless `path` is a readable folder.
void require_folder(const std::filesystem::path& path);

/// @throws NotFoundError unless `path` is a regular file.
void require_file(const std::filesystem::path& path);

/// Makes `path` and its parents. @throws CannotCreateError, PermissionError, IoError.
void create_folders(const std::filesystem::path& path);

/// Throws the error that `error_number` (an errno value) means for reading `path`.
[[noreturn]] void throw_read_error(const std::filesystem::path& path, int error_number);

/// Throws the error that `error_number` (an errno value) means for writing `path`.
[[noreturn]] void throw_write_error(const std::filesystem::path& path, int error_number);

/// An output that appears whole or not at all. The content is written to `temporary()` (in the same folder, which is
/// made if missing, a name no other process uses); commit() syncs it, renames it onto the target and syncs the folder.
/// Without commit() the temporary file is removed and an older target stays as it was.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& target() const { return target_; }
  const std::filesystem::path& temporary() const { return temporary_; }

  /// @throws IoError, PermissionError, CannotCreateError; the target is then unchanged.
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

}  // namespace segfold
