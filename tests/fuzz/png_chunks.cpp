#include "tests/fuzz/png_chunks.h"

#include <zlib.h>

#include <cstdint>

namespace segfold::testing {
namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr std::size_t kFrameBytes = 12;  // of a chunk: length, type, checksum
constexpr std::size_t kTypeBytes = 4;

const Bytef* bytes_of(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

std::size_t length_at(std::string_view png, std::size_t place) {
  std::size_t length = 0;
  for (std::size_t i = place; i < place + 4; ++i) length = length << 8 | static_cast<std::uint8_t>(png[i]);
  return length;
}

void put_number(std::string& png, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) png += static_cast<char>(value >> shift);
}

}  // namespace

std::optional<PngChunks> chunks_of(std::string_view png) {
  if (!png.starts_with(kSignature)) return std::nullopt;
  PngChunks chunks;
  for (std::size_t place = kSignature.size(); png.size() - place >= kFrameBytes;) {
    const std::size_t length = length_at(png, place);
    if (length > png.size() - place - kFrameBytes) break;
    chunks.emplace_back(png.substr(place + 4, kTypeBytes), png.substr(place + 4 + kTypeBytes, length));
    place += kFrameBytes + length;
  }
  if (chunks.empty()) return std::nullopt;
  return chunks;
}

std::string png_of(const PngChunks& chunks) {
  std::string png(kSignature);
  for (const auto& [type, data] : chunks) {
    const std::string checked = type + data;
    put_number(png, static_cast<std::uint32_t>(data.size()));
    png += checked;
    put_number(png, static_cast<std::uint32_t>(crc32(0, bytes_of(checked), static_cast<uInt>(checked.size()))));
  }
  return png;
}

std::optional<std::string> unpacked(std::string_view stream, std::size_t most) {
  std::string bytes(most, '\0');
  uLongf size = most;
  if (uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size, bytes_of(stream), stream.size()) != Z_OK)
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

std::string packed(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string stream(size, '\0');
  compress(reinterpret_cast<Bytef*>(stream.data()), &size, bytes_of(bytes), bytes.size());
  stream.resize(size);
  return stream;
}

}  // namespace segfold::testing
