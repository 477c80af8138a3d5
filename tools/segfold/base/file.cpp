#include "segfold/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "segfold/base/error.h"
#include "segfold/base/sha256.h"

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

/// @param shown  what an error names
void sync_path(const fs::path& path, int flags, const fs::path& shown) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.get() < 0) throw_write_error(shown, errno);
  // Some file systems cannot sync a folder and say EINVAL; the rename is then as durable as it can be.
  if (::fsync(file.get()) != 0 && errno != EINVAL) throw_write_error(shown, errno);
  if (file.close() != 0) throw_write_error(shown, errno);
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

constexpr std::size_t kLongestEnding = 16;  // of a temporary's name; no format's is longer
constexpr std::size_t kShownBytes = 40;     // of the target's name in that of its temporary

/// Begins the names of a target's temporaries that were made by processes which this one can look up: those of this
/// machine and its process namespace, since containers may share a machine's name and number their processes alike.
std::string process_prefix(const fs::path& target) {
  char host[HOST_NAME_MAX + 1] = {};
  ::gethostname(host, HOST_NAME_MAX);  // should it fail, the rest must do
  std::error_code error;
  std::string space = fs::read_symlink("/proc/self/ns/pid", error).string();  // "pid:[4026531836]"
  std::erase_if(space, [](char c) { return c < '0' || c > '9'; });
  const std::string name = target.filename().string();
  std::size_t shown = std::min(name.size(), kShownBytes);
  while (shown < name.size() && shown > 0 && (name[shown] & 0xc0) == 0x80) --shown;  // no half character
  return fmt::format(".{}.{}.{}.{}.", name.substr(0, shown), sha256_hex(name).substr(0, 12), host, space);
}

/// The file that is written where the path is a link, or a chain of links: the last one's target, there or not.
fs::path behind_links(fs::path path) {
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code error;
    const fs::path next = fs::read_symlink(path, error);
    if (error) return path;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  throw_write_error(path, ELOOP);
}

}  // namespace

void throw_read_error(const fs::path& path, int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
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
    case EFBIG:
      throw IoError(fmt::format("{}: larger than files may be here; raise the limit (ulimit -f)", path.string()));
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ELOOP:
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
    throw DataError(fmt::format("{}: {} bytes, more than the {} that such a file may have; give another file",
                                path.string(), size, max_bytes));
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

std::string_view stand_in(std::string_view start) {
  const std::size_t text = start.find_first_not_of(" \t\r\n");
  if (start.starts_with("version https://git-lfs"))
    return "a git-lfs pointer; fetch the file itself with 'git lfs pull'";
  if (text != std::string_view::npos && start[text] == '<')
    return "a web page; fetch the file again, logged in if need be";
  return "";
}

void write_stdout(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) throw_write_error("standard output", errno);
}

void require_folder(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::none) throw_read_error(path, error.value());
  if (!fs::exists(status)) throw NotFoundError(fmt::format("{}: no such folder; check the path", path.string()));
  if (!fs::is_directory(status)) throw NotFoundError(fmt::format("{}: not a folder", path.string()));
  if (::access(path.c_str(), R_OK | X_OK) != 0) {
    throw PermissionError(fmt::format("{}: not readable; check its permissions", path.string()));
  }
}

void require_file(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (error) throw_read_error(path, error.value());
  if (fs::is_directory(status)) throw_read_error(path, EISDIR);
  if (!fs::is_regular_file(status)) throw NotFoundError(fmt::format("{}: not a regular file", path.string()));
}

std::uint64_t file_bytes(const fs::path& path) {
  std::error_code error;
  const std::uint64_t bytes = fs::file_size(path, error);
  if (error) throw_read_error(path, error.value());
  return bytes;
}

void create_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw_write_error(path, error.value());
}

void write_file(const fs::path& path, std::string_view bytes) {
  AtomicFile output(path);
  output.write(bytes);
  output.commit();
}

fs::path temporary_beside(const fs::path& target) {
  // The real ending stays last so that libraries see the format.
  const std::string ending = target.extension().string();
  return folder_of(target) /
         fmt::format("{}{}.tmp{}", process_prefix(target), ::getpid(), ending.size() <= kLongestEnding ? ending : "");
}

std::vector<fs::path> abandoned_temporaries(const fs::path& target) {
  const fs::path place = behind_links(target);
  const std::string prefix = process_prefix(place);
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(folder_of(place), error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const auto process = static_cast<pid_t>(std::atol(name.c_str() + prefix.size()));
    if (process > 0 && ::kill(process, 0) != 0 && errno == ESRCH) found.push_back(it->path());
  }
  return found;
}

AtomicFile::AtomicFile(fs::path target) : target_(std::move(target)) {
  if (target_.empty()) throw CannotCreateError("the path of an output is empty; name a file");
  struct stat status{};
  if (::stat(target_.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      throw CannotCreateError(fmt::format("{}: is a folder, expected the path of a file to write", target_.string()));
    }
    // The rename would put a plain file in the place of a device or a pipe.
    if (!S_ISREG(status.st_mode)) {
      throw CannotCreateError(fmt::format("{}: exists and is no regular file; name another path", target_.string()));
    }
  } else if (errno != ENOENT && errno != ENOTDIR) {
    throw_write_error(target_, errno);
  }
  place_ = behind_links(target_);
  create_folders(folder_of(place_));
  temporary_ = temporary_beside(place_);
  ::unlink(temporary_.c_str());  // of a killed process that had our id
  const Descriptor made(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (made.get() < 0) throw_write_error(target_, errno);
}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) const {
  Descriptor file(::open(temporary_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (file.get() < 0) throw_write_error(target_, errno);
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw_write_error(target_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  if (file.close() != 0) throw_write_error(target_, errno);
}

void AtomicFile::sync() const { sync_path(temporary_, O_RDONLY, target_); }

void AtomicFile::commit() {
  sync();
  if (::rename(temporary_.c_str(), place_.c_str()) != 0) throw_write_error(target_, errno);
  committed_ = true;
  sync_path(folder_of(place_), O_RDONLY | O_DIRECTORY, target_);
}

}  // namespace segfold
