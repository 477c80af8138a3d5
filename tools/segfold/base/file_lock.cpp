#include "segfold/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "segfold/base/file.h"
#include "segfold/base/log.h"

namespace segfold {
namespace {

constexpr mode_t kEverybody = 0666;

/// Opens the file, and makes it if it is missing.
int open_or_make(const std::filesystem::path& path) {
  // NFS gives an exclusive lock only on a file that is open for writing. In /tmp Linux may refuse O_CREAT on a file
  // that another user made, although it is there.
  int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) {
    file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kEverybody);
    if (file < 0) throw_write_error(path, errno);
    ::fchmod(file, kEverybody);  // the umask must not keep other users' processes out
  }
  if (file < 0) file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw_read_error(path, errno);
  return file;
}

}  // namespace

FileLock try_lock_file(const std::filesystem::path& path) {
  const int file = open_or_make(path);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
    return {reinterpret_cast<void*>(1), [file](void*) { ::close(file); }};
  }
  const int reason = errno;
  ::close(file);
  if (reason == EWOULDBLOCK) return nullptr;
  if (reason != ENOLCK && reason != ENOSYS && reason != EOPNOTSUPP) throw_write_error(path, reason);
  log_warning("{}: this file system has no locks; make sure that nothing else is at work there", path.string());
  return std::make_shared<int>();
}

}  // namespace segfold
