#include "tests/fuzz/untrusted.h"

#include <fmt/format.h>

#include <optional>
#include <stdexcept>

#include "segfold/base/error.h"
#include "segfold/nn/model_info.h"
#include "segfold/nn/tensor_checks.h"
#include "tests/fuzz/allocation_watch.h"

namespace segfold::testing {
namespace {

void require_sound(const TensorFile& file) {
  require_writable(file.tensors, "what was read");
  for (const NamedTensor& tensor : file.tensors) require_booleans(tensor, "what was read");
}

void require_refusal(const std::exception& error, const std::filesystem::path& path) {
  if (dynamic_cast<const DataError*>(&error) == nullptr) {
    throw std::logic_error(fmt::format("not refused with DataError: {}", error.what()));
  }
  if (std::string_view(error.what()).find(path.string()) == std::string_view::npos) {
    throw std::logic_error(fmt::format("refused without naming the file: {}", error.what()));
  }
}

/// What was read within its bounds of memory; nothing if it was refused.
std::optional<TensorFile> read_within_bounds(WeightReader read, const std::filesystem::path& path) {
  constexpr std::size_t kSmallFile = std::size_t{1} << 16;
  const std::size_t file_bytes = std::filesystem::file_size(path);
  std::optional<TensorFile> file;
  std::size_t largest = 0;
  std::size_t peak = 0;
  {
    const AllocationWatch watch;
    try {
      file = read(path);
    } catch (const std::exception& error) {  // of any kind: std::bad_alloc, too, is to be told with its file
      require_refusal(error, path);
    }
    largest = watch.largest();
    peak = watch.peak();
  }
  if (largest > 2 * file_bytes + kSmallFile || peak > 6 * file_bytes + kSmallFile) {
    throw std::logic_error(
        fmt::format("took {} bytes, {} of them in one request, for a file of {}", peak, largest, file_bytes));
  }
  return file;
}

}  // namespace

bool is_accepted(WeightReader read, const std::filesystem::path& path) {
  const std::optional<TensorFile> file = read_within_bounds(read, path);
  if (!file) return false;
  try {
    require_sound(*file);
  } catch (const std::exception& error) {
    throw std::logic_error(fmt::format("accepted although it is unsound: {}", error.what()));
  }
  try {
    find_model_info(*file, path.string());
  } catch (const std::exception& error) {
    require_refusal(error, path);
    return false;
  }
  return true;
}

}  // namespace segfold::testing
