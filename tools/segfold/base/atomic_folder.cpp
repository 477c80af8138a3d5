#include "segfold/base/atomic_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>

#include <cerrno>

#include "segfold/base/error.h"
#include "segfold/base/file.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAside = ".old";  // ends the name of an older folder while the new one takes its place

/// The folder itself where the path is a link to it, without "." or a slash at the end.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error).lexically_normal();
  fs::path real = fs::weakly_canonical(absolute, error);
  if (error) real = absolute;
  return real.has_filename() ? real : real.parent_path();
}

/// Puts `from` in the place of the folder `to` and the other way round, in one step where the file system can.
void exchange(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) throw_write_error(to, errno);
  const fs::path aside = from.string() + kAside;
  if (::rename(to.c_str(), aside.c_str()) != 0) throw_write_error(to, errno);
  if (::rename(from.c_str(), to.c_str()) != 0) {
    const int reason = errno;
    (void)::rename(aside.c_str(), to.c_str());  // the older one comes back
    throw_write_error(to, reason);
  }
  if (::rename(aside.c_str(), from.c_str()) != 0) throw_write_error(to, errno);
}

}  // namespace

AtomicFolder::AtomicFolder(const fs::path& target, const std::function<void(const fs::path&)>& require_replaceable) {
  if (target.empty()) throw CannotCreateError("the path of the output is empty; name a folder");
  target_ = resolved(target);
  try {
    std::error_code unknown;
    const fs::file_status status = fs::status(target_, unknown);
    if (status.type() == fs::file_type::none) throw_write_error(target, unknown.value());
    if (fs::exists(status) && !fs::is_directory(status)) {
      throw CannotCreateError(fmt::format("{}: is a file, expected the path of a folder to make", target.string()));
    }
    if (fs::exists(status)) require_replaceable(target_);
  } catch (const fs::filesystem_error& error) {
    throw_read_error(error.path1().empty() ? target_ : error.path1(), error.code().value());
  }
  create_folders(target_.parent_path());
  temporary_ = temporary_beside(target_);
  std::error_code ignored;
  for (const fs::path& abandoned : abandoned_temporaries(target_)) {
    // A process that was killed while the older folder was aside leaves the only copy of it there.
    if (abandoned.extension() != kAside) fs::remove_all(abandoned, ignored);
  }
  fs::remove_all(temporary_, ignored);  // of a killed process that had our id
  // Not create_folders, which would follow a link that somebody planted here.
  std::error_code error;
  if (!fs::create_directory(temporary_, error)) throw_write_error(target, error ? error.value() : EEXIST);
}

AtomicFolder::~AtomicFolder() {
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

void AtomicFolder::commit() {
  std::error_code error;
  if (fs::exists(target_, error)) {
    exchange(temporary_, target_);  // the destructor removes the older one
  } else if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    throw_write_error(target_, errno);
  }
}

}  // namespace segfold
