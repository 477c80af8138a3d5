#include "segfold/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "segfold/base/file.h"

namespace segfold {

FileLock try_lock_file(const std::filesystem::path& path) {
  // NFS locks only what is open for writing. In /tmp, Linux may refuse that, and O_CREAT, for a file that another user
  // made; there reading will do.
  int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0 && errno == EACCES) file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw_write_error(path, errno);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
    return {reinterpret_cast<void*>(1), [file](void*) { ::close(file); }};
  }
  const int reason = errno;
  ::close(file);
  if (reason != EWOULDBLOCK) throw_write_error(path, reason);
  return nullptr;
}

}  // namespace segfold
