#include <algorithm>
#include <random>
#include <string>

#include "segfold/nn/pth_file.h"
#include "tests/fuzz/fuzzer.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/stored_zip.h"
#include "tests/fuzz/untrusted.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static segfold::testing::MemoryFile file;
  file.assign({reinterpret_cast<const char*>(data), size});
  segfold::testing::is_accepted(segfold::read_pth, file.path());
  return 0;
}

/// Three times of four one record of the archive is changed and the archive made anew around it: a change of the file
/// as it stands rarely gets past the checksums.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned int seed) {
  std::minstd_rand random(seed);
  auto records = segfold::testing::records_of({reinterpret_cast<const char*>(data), size});
  if (!records || random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  auto& [name, content] = (*records)[random() % records->size()];
  std::string& changed = random() % 8 == 0 ? name : content;
  const std::size_t before = changed.size();
  const std::size_t room = std::min<std::size_t>(before + 64, 0xFFFF);  // of a record's name
  changed.resize(room);
  changed.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(changed.data()), before, room));
  const std::string archive = segfold::testing::archive_of(*records);
  if (archive.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::ranges::copy(archive, data);
  return archive.size();
}
