#include "tests/fuzz/untrusted.h"

#include <fmt/format.h>

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

bool read_all(WeightReader read, const std::filesystem::path& path) {
  try {
    const TensorFile file = read(path);
    try {
      require_sound(file);
    } catch (const Error& error) {
      throw std::logic_error(fmt::format("accepted although it is unsound: {}", error.what()));
    }
    find_model_info(file, path.string());
    return true;
  } catch (const DataError& error) {
    if (std::string_view(error.what()).find(path.string()) == std::string_view::npos) {
      throw std::logic_error(fmt::format("refused without naming the file: {}", error.what()));
    }
    return false;
  } catch (const Error& error) {
    throw std::logic_error(fmt::format("not refused with DataError: {}", error.what()));
  }
}

}  // namespace

bool is_accepted(WeightReader read, const std::filesystem::path& path, std::size_t list_bytes) {
  const std::size_t allowed = 2 * std::filesystem::file_size(path) + list_bytes;
  bool accepted = false;
  std::size_t largest = 0;
  std::size_t peak = 0;
  {
    const AllocationWatch watch;
    accepted = read_all(read, path);
    largest = watch.largest();
    peak = watch.peak();
  }
  if (largest > allowed || peak > allowed) {
    throw std::logic_error(
        fmt::format("took {} bytes, {} of them in one request; {} are allowed", peak, largest, allowed));
  }
  return accepted;
}

}  // namespace segfold::testing
