#include <cstring>
#include <string_view>

#include "segfold/nn/safetensors_file.h"
#include "tests/fuzz/fuzzer.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/untrusted.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static segfold::testing::MemoryFile file;
  file.assign({reinterpret_cast<const char*>(data), size});
  segfold::testing::is_accepted(segfold::read_safetensors, file.path());
  return 0;
}

/// Every other time the length in front is made that of the header up to its last brace: a change of the header
/// otherwise hardly ever comes as far as its tensors' data.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned int seed) {
  size = LLVMFuzzerMutate(data, size, max_size);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t brace = text.rfind('}');
  constexpr std::size_t kLengthBytes = 8;
  if (seed % 2 == 0 || brace == std::string_view::npos || brace < kLengthBytes) return size;
  const std::uint64_t length = brace + 1 - kLengthBytes;
  std::memcpy(data, &length, sizeof(length));
  return size;
}
