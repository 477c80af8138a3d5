#include <dlfcn.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "segfold/nn/pth_file.h"
#include "segfold/nn/safetensors_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/nn/weights_testing.h"

// A disk that fails while weights are read. libzip, too, calls the functions here: a program's own come first.
namespace {

constexpr int kNever = -1;
int reads_until_failure = kNever;
bool first_failure = false;  // which still gives what stdio has in its buffer
int reads = 0;

template <class Function>
Function* real(Function* /*like*/, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): names such as glibc's are reserved
extern "C" std::size_t fread(void* data, std::size_t size, std::size_t count, std::FILE* file) {
  static auto* const system_fread = real(&fread, "fread");
  ++reads;
  if (reads_until_failure == kNever) return system_fread(data, size, count, file);
  if (reads_until_failure > 0) {
    --reads_until_failure;
    return system_fread(data, size, count, file);
  }
  const std::size_t given = std::exchange(first_failure, false) ? system_fread(data, size, count / 2, file) : 0;
  errno = EIO;
  return given;
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): likewise
extern "C" int ferror(std::FILE* file) noexcept {
  static auto* const system_ferror = real(&ferror, "ferror");
  return reads_until_failure == 0 ? 1 : system_ferror(file);
}

namespace segfold {
namespace {

void expect_every_failure_told(TensorFile (*read)(const std::filesystem::path&), const std::filesystem::path& path) {
  reads = 0;
  read(path);
  const int all = reads;
  EXPECT_GT(all, 3);
  for (int i = 0; i < all; ++i) {
    reads_until_failure = i;
    first_failure = true;
    testing::expect_error<IoError>([&] { read(path); }, {path.string(), "cannot read", "Input/output error"});
    reads_until_failure = kNever;
  }
}

TEST(FailingReads, AreNotTakenForDamage) {
  const testing::TemporaryFolder folder;
  write_pth(folder / "w.pth", testing::sample_file());
  write_safetensors(folder / "w.safetensors", testing::sample_file());
  expect_every_failure_told(read_pth, folder / "w.pth");
  expect_every_failure_told(read_safetensors, folder / "w.safetensors");
}

}  // namespace
}  // namespace segfold
