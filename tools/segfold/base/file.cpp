#include "segfold/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "segfold/base/error.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

std::string reason(int error_number) { return std::strerror(error_number); }

/// A file descriptor that is closed when it goes out of scope; close() reports what a destructor cannot.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  int close() {
    const int result = ::close(value_);
    value_ = -1;
    return result;
  }

 private:
  int value_;
};

void sync_path(const fs::path& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.get() < 0) throw_write_error(path, errno);
  // Some file systems cannot sync a folder and say EINVAL; the rename is then as durable as it can be.
  if (::fsync(file.get()) != 0 && errno != EINVAL) throw_write_error(path, errno);
  if (file.close() != 0) throw_write_error(path, errno);
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

}  // namespace

void throw_read_error(const fs::path& path, int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      throw NotFoundError(fmt::format("{}: no such file; check the path", path.string()));
    case EISDIR:
      throw NotFoundError(fmt::format("{}: is a folder, expected a file", path.string()));
    case EACCES:
    case EPERM:
      throw PermissionError(fmt::format("{}: not readable; check its permissions", path.string()));
    default:
      throw IoError(fmt::format("{}: cannot read: {}", path.string(), reason(error_number)));
  }
}

void throw_write_error(const fs::path& path, int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
    case EROFS:
      throw PermissionError(fmt::format("{}: not writable; check the permissions of its folder", path.string()));
    case ENOSPC:
    case EDQUOT:
      throw IoError(fmt::format("{}: disk full; free some space and run again", path.string()));
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ENAMETOOLONG:
      throw CannotCreateError(fmt::format("{}: cannot create: {}", path.string(), reason(error_number)));
    default:
      throw IoError(fmt::format("{}: cannot write: {}", path.string(), reason(error_number)));
  }
}

std::string read_file(const fs::path& path, std::uint64_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) throw_read_error(path, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) throw_read_error(path, errno);
  if (S_ISDIR(status.st_mode)) throw_read_error(path, EISDIR);
  if (!S_ISREG(status.st_mode)) throw NotFoundError(fmt::format("{}: not a regular file", path.string()));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > max_bytes) {
    throw DataError(
        fmt::format("{}: {} bytes, more than the {} that such a file may have", path.string(), size, max_bytes));
  }
  std::string content(size, '\0');
  std::uint64_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(file.get(), content.data() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_read_error(path, errno);
    if (got == 0) throw IoError(fmt::format("{}: became shorter while it was read", path.string()));
    done += static_cast<std::uint64_t>(got);
  }
  return content;
}

void write_stdout(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) throw_write_error("standard output", errno);
}

void require_folder(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (error && error.value() == EACCES) throw PermissionError(fmt::format("{}: not readable", path.string()));
  if (!fs::exists(status)) throw NotFoundError(fmt::format("{}: no such folder; check the path", path.string()));
  if (!fs::is_directory(status)) throw NotFoundError(fmt::format("{}: not a folder", path.string()));
  if (::access(path.c_str(), R_OK | X_OK) != 0) {
    throw PermissionError(fmt::format("{}: not readable; check its permissions", path.string()));
  }
}

void require_file(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (error && error.value() == EACCES) throw PermissionError(fmt::format("{}: not readable", path.string()));
  if (!fs::exists(status)) throw_read_error(path, ENOENT);
  if (fs::is_directory(status)) throw_read_error(path, EISDIR);
  if (!fs::is_regular_file(status)) throw NotFoundError(fmt::format("{}: not a regular file", path.string()));
}

void create_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw_write_error(path, error.value());
}

void write_file(const fs::path& path, std::string_view bytes) {
  AtomicFile output(path);
  Descriptor file(::open(output.temporary().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.get() < 0) throw_write_error(path, errno);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = ::write(file.get(), bytes.data() + done, bytes.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw_write_error(path, errno);
    done += static_cast<std::size_t>(put);
  }
  if (file.close() != 0) throw_write_error(path, errno);
  output.commit();
}

std::string process_name() {
  char host[HOST_NAME_MAX + 1] = {};
  ::gethostname(host, HOST_NAME_MAX);  // should it fail, the process id must do
  return fmt::format("{}.{}", host, ::getpid());
}

AtomicFile::AtomicFile(fs::path target) : target_(std::move(target)) {
  if (target_.empty()) throw CannotCreateError("the path of an output is empty; name a file");
  std::error_code error;
  const auto status = fs::status(target_, error);
  if (fs::is_directory(status)) {
    throw CannotCreateError(fmt::format("{}: is a folder, expected the path of a file to write", target_.string()));
  }
  // The rename would put a plain file in the place of a device or a pipe.
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw CannotCreateError(fmt::format("{}: exists and is no regular file; name another path", target_.string()));
  }
  create_folders(folder_of(target_));
  // The real name's ending stays last so that libraries see the format.
  temporary_ = folder_of(target_) /
               fmt::format(".{}.{}.tmp{}", target_.stem().string(), process_name(), target_.extension().string());
  if (::access(folder_of(target_).c_str(), W_OK) != 0) throw_write_error(target_, errno);
}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::commit() {
  sync_path(temporary_, O_RDONLY);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) throw_write_error(target_, errno);
  committed_ = true;
  sync_path(folder_of(target_), O_RDONLY | O_DIRECTORY);
}

}  // namespace segfold
