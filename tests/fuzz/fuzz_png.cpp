#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include "tests/fuzz/fuzzer.h"
#include "tests/fuzz/png_chunks.h"
#include "tests/fuzz/untrusted_picture.h"

namespace {

constexpr std::size_t kMostUnpacked = std::size_t{1} << 16;
constexpr std::size_t kWidthPlace = 16;  // in the header, after signature, length and type

/// A picture may ask for 2^26 pixels: correct, and too slow to try thousands of them.
bool is_large(std::string_view png) {
  constexpr std::size_t kSideBytes = 4;
  if (png.size() < kWidthPlace + 2 * kSideBytes) return false;
  const auto is_long = [&](std::size_t place) { return png[place] != 0 || png[place + 1] != 0 || png[place + 2] > 3; };
  return is_long(kWidthPlace) || is_long(kWidthPlace + kSideBytes);
}

void mutate(std::string& bytes, std::size_t more) {
  const std::size_t before = bytes.size();
  bytes.resize(before + more);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), before, bytes.size()));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view png(reinterpret_cast<const char*>(data), size);
  if (!is_large(png)) segfold::testing::is_accepted_picture(png, "untrusted.png");
  return 0;
}

/// Three times of four one chunk is changed and the file made anew around it: a change of the file as it stands rarely
/// gets past the checksums. Of pixels mostly what they unpack to is changed.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned int seed) {
  std::minstd_rand random(seed);
  auto chunks = segfold::testing::chunks_of({reinterpret_cast<const char*>(data), size});
  if (!chunks || random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  auto& [type, content] = (*chunks)[random() % chunks->size()];
  auto pixels = segfold::testing::unpacked(content, kMostUnpacked);
  if (random() % 16 == 0) {
    mutate(type, 0);
  } else if (pixels && random() % 4 != 0) {
    mutate(*pixels, 64);
    content = segfold::testing::packed(*pixels);
  } else {
    mutate(content, 64);
  }
  const std::string png = segfold::testing::png_of(*chunks);
  if (png.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::ranges::copy(png, data);
  return png.size();
}
