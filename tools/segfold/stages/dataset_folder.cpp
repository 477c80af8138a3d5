#include "segfold/stages/dataset_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/cityscapes_layout.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarker = ".made-by-synthesize";
/// All that such a folder holds at its top; the last is what Snakemake leaves in a folder that is an output.
constexpr std::array<std::string_view, 5> kKnownEntries{"leftImg8bit", "gtFine", "dataset.json", kMarker,
                                                        ".snakemake_timestamp"};

bool holds_no_file(const fs::path& folder) {
  for (fs::recursive_directory_iterator it(folder), end; it != end; ++it) {
    if (is_left_by_system(it->path().filename().string())) {
      it.disable_recursion_pending();
    } else if (!it->is_directory() || it->is_symlink()) {
      return false;
    }
  }
  return true;
}

void require_replaceable(const fs::path& target) {
  if (!fs::exists(target / kMarker) && !holds_no_file(target)) {
    throw CannotCreateError(
        fmt::format("{}: holds files that synthesize did not make; name another folder", target.string()));
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(target)) {
    const std::string name = entry.path().filename().string();
    if (std::ranges::find(kKnownEntries, name) == kKnownEntries.end() && !is_left_by_system(name)) {
      throw CannotCreateError(fmt::format(
          "{}: is no part of a data set, which would be replaced as a whole; move it away", entry.path().string()));
    }
  }
}

}  // namespace

DatasetFolder::DatasetFolder(const fs::path& target) : folder_(target, require_replaceable) {}

void DatasetFolder::commit() {
  write_file(temporary() / kMarker, "This folder was made by synthesize, which may replace it as a whole.\n");
  folder_.commit();
}

}  // namespace segfold
