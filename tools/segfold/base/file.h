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

/// Writes a result to standard output, to its last byte. @throws as throw_write_error, e.g. IoError when the disk is
/// full or a pipe's reader is gone.
void write_stdout(std::string_view text);

/// Replaces `path` by `bytes`, whole or not at all. @throws as AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// @throws NotFoundError with the remedy unless `path` is a folder, PermissionError if it is not readable.
void require_folder(const std::filesystem::path& path);

/// @throws NotFoundError unless `path` is a regular file, PermissionError if a folder above it is not readable.
void require_file(const std::filesystem::path& path);

/// Makes `path` and its parents. @throws CannotCreateError, PermissionError, IoError.
void create_folders(const std::filesystem::path& path);

/// Throws the error that `error_number` (an errno value) means for reading `path`.
[[noreturn]] void throw_read_error(const std::filesystem::path& path, int error_number);

/// Throws the error that `error_number` (an errno value) means for writing `path`.
[[noreturn]] void throw_write_error(const std::filesystem::path& path, int error_number);

/// A part of a name that no other process uses at the same time: the machine's name and the process id, since processes
/// of several machines may write into one folder.
std::string process_name();

/// An output that appears whole or not at all. The content is written to `temporary()` (in the same folder, which is
/// made if missing, a name no other process uses); commit() syncs it, renames it onto the target and syncs the folder.
/// Without commit() the temporary file is removed and an older target stays as it was. One at a time for one target
/// within a process.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& target() const { return target_; }
  const std::filesystem::path& temporary() const { return temporary_; }

  /// @throws IoError, PermissionError, CannotCreateError; the target is then unchanged, unless only its folder could
  /// not be synced: then it is the new one and a crash of the machine may still undo that.
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

}  // namespace segfold
