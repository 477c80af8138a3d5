#include "segfold/stages/dataset_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "segfold/base/error.h"
#include "segfold/base/file.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarker = ".made-by-synthesize";
/// All that such a folder holds at its top; the last is what Snakemake leaves in a folder that is an output.
constexpr std::array<std::string_view, 5> kKnownEntries{"leftImg8bit", "gtFine", "dataset.json", kMarker,
                                                        ".snakemake_timestamp"};

/// The folder itself where the path is a link to it, without "." or a slash at the end.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error).lexically_normal();
  fs::path real = fs::weakly_canonical(absolute, error);
  if (error) real = absolute;
  return real.has_filename() ? real : real.parent_path();
}

bool holds_no_file(const fs::path& folder) {
  return std::none_of(fs::recursive_directory_iterator(folder), fs::recursive_directory_iterator(),
                      [](const fs::directory_entry& entry) { return !entry.is_directory() || entry.is_symlink(); });
}

void require_replaceable(const fs::path& target) {
  if (!fs::exists(fs::symlink_status(target))) return;
  if (!fs::is_directory(target)) {
    throw CannotCreateError(fmt::format("{}: is a file, expected the path of a folder to make", target.string()));
  }
  if (!fs::exists(target / kMarker) && !holds_no_file(target)) {
    throw CannotCreateError(
        fmt::format("{}: holds files that synthesize did not make; name another folder", target.string()));
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(target)) {
    const std::string name = entry.path().filename().string();
    if (std::ranges::find(kKnownEntries, name) == kKnownEntries.end()) {
      throw CannotCreateError(fmt::format(
          "{}: is no part of a data set, which would be replaced as a whole; move it away", entry.path().string()));
    }
  }
}

/// Puts `from` in the place of the folder `to` and the other way round, in one step where the file system can.
void exchange(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) throw_write_error(to, errno);
  const fs::path aside = from.string() + ".old";
  if (::rename(to.c_str(), aside.c_str()) != 0) throw_write_error(to, errno);
  if (::rename(from.c_str(), to.c_str()) != 0) {
    const int reason = errno;
    (void)::rename(aside.c_str(), to.c_str());  // the older one comes back
    throw_write_error(to, reason);
  }
  if (::rename(aside.c_str(), from.c_str()) != 0) throw_write_error(from, errno);
}

}  // namespace

DatasetFolder::DatasetFolder(const fs::path& target) {
  if (target.empty()) throw CannotCreateError("the path of the output is empty; name a folder");
  target_ = resolved(target);
  try {
    require_replaceable(target_);
  } catch (const fs::filesystem_error& error) {
    throw_read_error(error.path1().empty() ? target_ : error.path1(), error.code().value());
  }
  create_folders(target_.parent_path());
  temporary_ = target_.parent_path() / fmt::format(".{}.{}.tmp", target_.filename().string(), process_name());
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);  // of a killed process that had our id
  create_folders(temporary_);
}

DatasetFolder::~DatasetFolder() {
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

void DatasetFolder::commit() {
  write_file(temporary_ / kMarker, "This folder was made by synthesize, which may replace it as a whole.\n");
  std::error_code error;
  if (fs::exists(target_, error)) {
    exchange(temporary_, target_);  // the destructor removes the older one
  } else if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    throw_write_error(target_, errno);
  }
}

}  // namespace segfold
