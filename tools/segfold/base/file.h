#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace segfold {

/// Whole content of a regular file.
/// @param max_bytes  a larger file is refused before anything is allocated. The largest study's texts are far below 1 %
///                   of the default.
/// @throws NotFoundError if missing or not a regular file, PermissionError, IoError, DataError if too large.
std::string read_file(const std::filesystem::path& path, std::uint64_t max_bytes = 100'000'000);

/// Writes a result to standard output, to its last byte. @throws as throw_write_error, e.g. IoError when the disk is
/// full or a pipe's reader is gone.
void write_stdout(std::string_view text);

/// Replaces `path` by `bytes`, whole or not at all. @throws as AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// @throws NotFoundError with the remedy unless `path` is a folder, PermissionError if it is not readable.
void require_folder(const std::filesystem::path& path);

/// @throws NotFoundError unless `path` is a regular file, PermissionError if a folder above it is not readable.
void require_file(const std::filesystem::path& path);

/// Size of a file. @throws as throw_read_error.
std::uint64_t file_bytes(const std::filesystem::path& path);

/// Makes `path` and its parents. @throws CannotCreateError, PermissionError, IoError.
void create_folders(const std::filesystem::path& path);

/// What lies in the place of a binary file, by its first bytes: "a git-lfs pointer …", "a web page …", with the remedy;
/// "" where it is neither.
std::string_view stand_in(std::string_view start);

/// Throws the error that `error_number` (an errno value) means for reading `path`.
[[noreturn]] void throw_read_error(const std::filesystem::path& path, int error_number);

/// Throws the error that `error_number` (an errno value) means for writing `path`.
[[noreturn]] void throw_write_error(const std::filesystem::path& path, int error_number);

/// What an output is written to until it is whole: a hidden file or folder beside it, named by the target, the machine
/// and the process, since processes of several machines may write into one folder. Short enough for every target that
/// the file system can hold.
std::filesystem::path temporary_beside(const std::filesystem::path& target);

/// Temporaries of `target` whose process is dead: it was killed.
std::vector<std::filesystem::path> abandoned_temporaries(const std::filesystem::path& target);

/// An output that appears whole or not at all. The content is written to `temporary()`, an empty file that is there
/// from the start, so that nothing planted under its name is followed; commit() syncs it, renames it onto the target
/// and syncs the folder. Without commit() the temporary file is removed and an older target stays as it was. A target
/// that is a link is written through: the file that it names is replaced, the link stays. What killed processes left
/// of this target is removed. One at a time for one target within a process.
class AtomicFile {
 public:
  /// Makes the target's folder if it is missing. @throws as commit
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// As it was given: what messages name.
  const std::filesystem::path& target() const { return target_; }
  const std::filesystem::path& temporary() const { return temporary_; }

  /// Fills the temporary with `bytes`, for who has them all at hand.
  void write(std::string_view bytes) const;

  /// The first half of commit(): what was written is on the disk. For outputs that must appear together.
  void sync() const;

  /// @throws IoError, PermissionError, CannotCreateError; the target is then unchanged, unless only its folder could
  /// not be synced: then it is the new one and a crash of the machine may still undo that.
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path place_;  // the target, or what it links to
  std::filesystem::path temporary_;
  bool committed_ = false;
};

}  // namespace segfold
