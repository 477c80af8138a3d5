#include "tests/fuzz/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace segfold::testing {

MemoryFile::MemoryFile()
    : descriptor_(::memfd_create("weights", MFD_CLOEXEC)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {
  if (descriptor_ < 0) throw std::runtime_error("no file in memory can be made");
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

void MemoryFile::assign(std::string_view bytes) {
  const bool done = ::ftruncate(descriptor_, 0) == 0 &&
                    ::pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
  if (!done) throw std::runtime_error("the file in memory cannot be written");
}

}  // namespace segfold::testing
