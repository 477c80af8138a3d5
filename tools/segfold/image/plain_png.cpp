#include "segfold/image/plain_png.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>

#include "segfold/image/unfilter.h"

namespace segfold {
namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kFrameBytes = 12;  // of a chunk: length, type, checksum

using Bytes = std::span<const std::uint8_t>;

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

struct Chunk {
  std::string_view type;
  Bytes data;
};

/// Takes the first chunk off `rest`; nothing unless it is there as a whole and its checksum fits.
std::optional<Chunk> take_chunk(Bytes& rest) {
  if (rest.size() < kFrameBytes) return std::nullopt;
  const std::size_t length = big_endian(rest.data());
  if (length > rest.size() - kFrameBytes) return std::nullopt;
  const Bytes checked = rest.subspan(4, 4 + length);
  if (libdeflate_crc32(0, checked.data(), checked.size()) != big_endian(&rest[8 + length])) return std::nullopt;
  rest = rest.subspan(kFrameBytes + length);
  return Chunk{{reinterpret_cast<const char*>(checked.data()), 4}, checked.subspan(4)};
}

/// The compressed pixels of a file that consists of its header, chunks that say nothing of them, the pixels and the
/// end. They lie in the file or, if they come in several chunks, in `joined`.
std::optional<Bytes> compressed_pixels(std::string_view file, std::vector<std::uint8_t>& joined) {
  Bytes rest(reinterpret_cast<const std::uint8_t*>(file.data()), file.size());
  if (rest.size() < kSignatureBytes) return std::nullopt;
  rest = rest.subspan(kSignatureBytes);
  std::optional<Chunk> chunk = take_chunk(rest);
  while (chunk && chunk->type != "IDAT") chunk = take_chunk(rest);
  if (!chunk) return std::nullopt;
  Bytes pixels = chunk->data;
  joined.clear();
  for (chunk = take_chunk(rest); chunk && chunk->type == "IDAT"; chunk = take_chunk(rest)) {
    if (joined.empty()) joined.assign(pixels.begin(), pixels.end());
    joined.insert(joined.end(), chunk->data.begin(), chunk->data.end());
    pixels = joined;
  }
  if (!chunk || chunk->type != "IEND" || !chunk->data.empty() || !rest.empty()) return std::nullopt;
  return pixels;
}

/// Whether `compressed` is a zlib stream of exactly so many bytes and nothing more.
bool inflate(Bytes compressed, std::span<std::uint8_t> into) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!decompressor) throw std::bad_alloc();
  std::size_t taken = 0;
  const libdeflate_result result = libdeflate_zlib_decompress_ex(
      decompressor.get(), compressed.data(), compressed.size(), into.data(), into.size(), &taken, nullptr);
  return result == LIBDEFLATE_SUCCESS && taken == compressed.size();
}

void store(Bytes row, std::uint8_t* pixels) { std::ranges::copy(row, pixels); }

/// From the file's order of bytes.
void store(Bytes row, std::uint16_t* pixels) {
  for (std::size_t x = 0; x < row.size() / 2; ++x) {
    pixels[x] = static_cast<std::uint16_t>(row[2 * x] << 8 | row[2 * x + 1]);
  }
}

template <class T>
bool decode(std::string_view bytes, Size size, std::span<T> pixels, PngScratch& scratch) {
  const std::optional<Bytes> compressed = compressed_pixels(bytes, scratch.compressed);
  if (!compressed) return false;
  const auto width = static_cast<std::size_t>(size.width);
  const auto height = static_cast<std::size_t>(size.height);
  const std::size_t row_bytes = width * sizeof(T);
  // A row of zeros, then the picture's, each behind the byte that names its filter.
  const std::size_t needed = row_bytes + height * (1 + row_bytes);
  if (scratch.rows.size() < needed) scratch.rows.resize(needed);
  const std::span rows(scratch.rows.data(), needed);
  std::ranges::fill(rows.first(row_bytes), std::uint8_t{0});
  if (!inflate(*compressed, rows.subspan(row_bytes))) return false;
  for (std::size_t y = 0; y < height; ++y) {
    const std::size_t start = row_bytes + y * (1 + row_bytes);
    const std::span row = rows.subspan(start + 1, row_bytes);
    if (!unfilter_row(rows[start], row, rows.subspan(start - row_bytes, row_bytes), sizeof(T))) return false;
    store(row, &pixels[y * width]);
  }
  return true;
}

}  // namespace

bool decode_plain_png(std::string_view bytes, Size size, std::span<std::uint8_t> pixels, PngScratch& scratch) {
  return decode(bytes, size, pixels, scratch);
}

bool decode_plain_png(std::string_view bytes, Size size, std::span<std::uint16_t> pixels, PngScratch& scratch) {
  return decode(bytes, size, pixels, scratch);
}

std::string_view find_png_text(std::string_view bytes, std::string_view keyword) {
  Bytes rest(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (rest.size() < kSignatureBytes) return "";
  rest = rest.subspan(kSignatureBytes);
  for (auto chunk = take_chunk(rest); chunk && chunk->type != "IDAT"; chunk = take_chunk(rest)) {
    if (chunk->type != "tEXt") continue;
    const std::string_view text(reinterpret_cast<const char*>(chunk->data.data()), chunk->data.size());
    if (text.size() <= keyword.size() || !text.starts_with(keyword) || text[keyword.size()] != '\0') continue;
    return text.substr(keyword.size() + 1);
  }
  return "";
}

}  // namespace segfold
