#include "segfold/image/codec.h"

#include <fmt/format.h>
#include <spng.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/file.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeaderBytes = 8 + 8 + 13 + 4;          // signature, then the IHDR chunk with its checksum
constexpr std::size_t kMaxChunkBytes = std::size_t{1} << 24;  // of everything but pixels: texts and profiles
constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kEndMark = "IEND\xae\x42\x60\x82";  // the last chunk's name and checksum
constexpr std::size_t kMaxKeyword = 79;
// Bytes that one of compressed data can stand for: zlib, "Maximum Expansion Factor".
constexpr std::uint64_t kMostPacked = 1032;
// 1024x2048 photos: levels 2, 3, 6 take 95, 129, 364 ms for 3.22, 3.14, 3.12 MB; label maps are small at any level.
constexpr int kPhotoLevel = 2;
constexpr int kMapLevel = 3;

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

Context make_context(int flags) {
  Context context(spng_ctx_new(flags), spng_ctx_free);
  if (!context) throw std::bad_alloc();
  return context;
}

[[noreturn]] void throw_damaged(const fs::path& path, int status) {
  if (status == SPNG_EMEM) throw std::bad_alloc();
  throw DataError(
      fmt::format("{}: damaged or cut short ({}); fetch or make the file again", path.string(), spng_strerror(status)));
}

/// A decoder over PNG bytes, which must outlive it; no chunk may be huge. The checksum of every chunk that the pixels
/// need is verified; one beside them (a text, a profile) whose checksum is wrong is passed over, as everybody does.
Context make_decoder(std::string_view bytes, const fs::path& path) {
  if (bytes.substr(0, kSignature.size()) != kSignature.substr(0, bytes.size())) {
    const std::string_view instead = stand_in(bytes);
    throw DataError(
        fmt::format("{}: is {}", path.string(), instead.empty() ? "no PNG file; convert it to PNG" : instead));
  }
  Context context = make_context(0);
  int status = spng_set_crc_action(context.get(), SPNG_CRC_ERROR, SPNG_CRC_DISCARD);
  if (status == SPNG_OK) status = spng_set_chunk_limits(context.get(), kMaxChunkBytes, kMaxChunkBytes);
  if (status == SPNG_OK) status = spng_set_png_buffer(context.get(), bytes.data(), bytes.size());
  if (status != SPNG_OK) throw_damaged(path, status);
  return context;
}

PngHeader header_of(spng_ctx* context, const fs::path& path) {
  spng_ihdr ihdr{};
  if (const int status = spng_get_ihdr(context, &ihdr); status != SPNG_OK) throw_damaged(path, status);
  PngHeader header;
  header.size = {ihdr.height, ihdr.width};
  header.bit_depth = ihdr.bit_depth;
  header.palette = ihdr.color_type == SPNG_COLOR_TYPE_INDEXED;
  switch (ihdr.color_type) {
    case SPNG_COLOR_TYPE_TRUECOLOR:
      header.channels = 3;
      break;
    case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA:
      header.channels = 2;
      break;
    case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA:
      header.channels = 4;
      break;
    default:
      header.channels = 1;
  }
  if (header.size.height > kMaxSide || header.size.width > kMaxSide || header.size.area() > kMaxPixels) {
    throw DataError(
        fmt::format("{}: {} pixels, more than the {} (and {} a side) that a picture may have; give a smaller one",
                    path.string(), to_string(header.size), kMaxPixels, kMaxSide));
  }
  return header;
}

std::string kind_text(const PngHeader& header) {
  constexpr std::array<const char*, 5> kNames{"", "grey", "grey + alpha", "RGB", "RGBA"};
  return fmt::format("{} {}-bit {}", header.bit_depth == 8 ? "an" : "a", header.bit_depth,
                     header.palette ? "palette" : kNames[static_cast<std::size_t>(header.channels)]);
}

/// Decodes the pixels as they are stored (16 bit in the machine's byte order) and reads on to the end of the file.
void decode_pixels(spng_ctx* context, std::string_view bytes, void* pixels, std::size_t size, const fs::path& path) {
  int status = spng_decode_image(context, pixels, size, SPNG_FMT_PNG, 0);
  if (status == SPNG_OK) status = spng_decode_chunks(context);
  // libspng forgives a missing checksum of the end mark; a file that lacks it was cut short.
  if (status == SPNG_OK && bytes.rfind(kEndMark) == std::string_view::npos) status = SPNG_IO_EOF;
  if (status != SPNG_OK) throw_damaged(path, status);
}

/// Decodes values of fewer than 8 bits, which lie packed, the first in the highest bits, each row from a byte of its
/// own.
void decode_packed(spng_ctx* context, std::string_view bytes, const PngHeader& header, std::uint8_t* pixels,
                   const fs::path& path) {
  const auto row_bytes = static_cast<std::size_t>((header.size.width * header.bit_depth + 7) / 8);
  std::vector<std::uint8_t> packed(row_bytes * static_cast<std::size_t>(header.size.height));
  decode_pixels(context, bytes, packed.data(), packed.size(), path);
  const int mask = (1 << header.bit_depth) - 1;
  for (std::int64_t y = 0; y < header.size.height; ++y) {
    const std::uint8_t* row = packed.data() + static_cast<std::size_t>(y) * row_bytes;
    for (std::int64_t x = 0; x < header.size.width; ++x) {
      const std::int64_t bit = x * header.bit_depth;
      *pixels++ = static_cast<std::uint8_t>(row[bit / 8] >> (8 - header.bit_depth - bit % 8) & mask);
    }
  }
}

/// Whether the rows follow each other. Everything up to the pixels is read here, and found right.
bool is_sequential(spng_ctx* context, const fs::path& path) {
  spng_ihdr ihdr{};
  int status = spng_get_ihdr(context, &ihdr);
  if (status == SPNG_OK) status = spng_decode_chunks(context);
  if (status != SPNG_OK) throw_damaged(path, status);
  return ihdr.interlace_method == SPNG_INTERLACE_NONE;
}

/// Decodes a PNG whose header `require` accepts.
template <class T>
void decode_png(std::string_view bytes, const fs::path& path, void (*require)(const PngHeader&, const fs::path&),
                PngScratch& scratch, Raster<T>& raster) {
  const Context context = make_decoder(bytes, path);
  const PngHeader header = header_of(context.get(), path);
  require(header, path);
  // Before memory is asked for: a file of 100 bytes may say that it holds 200 MB.
  if (static_cast<std::uint64_t>(header.size.area() * header.channels * header.bit_depth / 8) / kMostPacked >
      bytes.size()) {
    throw_damaged(path, SPNG_IO_EOF);
  }
  raster.size = header.size;
  raster.channels = header.channels;
  raster.pixels.resize(static_cast<std::size_t>(header.size.area() * header.channels));
  if (header.bit_depth < 8) {
    if constexpr (sizeof(T) == 1) decode_packed(context.get(), bytes, header, raster.pixels.data(), path);
    return;
  }
  if (header.channels == 1 && is_sequential(context.get(), path) &&
      decode_plain_png(bytes, header.size, std::span(raster.pixels), scratch)) {
    return;
  }
  decode_pixels(context.get(), bytes, raster.pixels.data(), raster.pixels.size() * sizeof(T), path);
}

template <class T>
Raster<T> decode_png(std::string_view bytes, const fs::path& path, void (*require)(const PngHeader&, const fs::path&)) {
  PngScratch scratch;
  Raster<T> raster;
  decode_png(bytes, path, require, scratch, raster);
  return raster;
}

void require_instance_map(const PngHeader& header, const fs::path& path) {
  if (header.channels == 1 && header.bit_depth == 16) return;
  throw DataError(
      fmt::format("{}: {} picture, expected 16-bit grey (instance ids as they are in *_gtFine_instanceIds.png)",
                  path.string(), kind_text(header)));
}

void check_encoded(int status) {
  if (status == SPNG_EMEM) throw std::bad_alloc();
  if (status != SPNG_OK) throw InternalError(fmt::format("PNG encoder: {}", spng_strerror(status)));
}

/// Hands texts to the encoder. @return what must live until the picture is encoded: libspng keeps pointers.
std::vector<std::string> set_texts(spng_ctx* context, const std::map<std::string, std::string>& texts) {
  std::vector<std::string> kept;
  std::vector<spng_text> chunks;
  kept.reserve(texts.size());
  for (const auto& [keyword, text] : texts) {
    if (keyword.empty() || keyword.size() > kMaxKeyword || text.find('\0') != std::string::npos) {
      throw InternalError(
          fmt::format("PNG text '{}': a keyword has 1 to {} letters and a text no zero byte", keyword, kMaxKeyword));
    }
    spng_text chunk{};
    keyword.copy(chunk.keyword, kMaxKeyword);
    chunk.type = SPNG_TEXT;
    chunk.length = text.size();
    chunk.text = kept.emplace_back(text).data();
    chunks.push_back(chunk);
  }
  if (!chunks.empty()) check_encoded(spng_set_text(context, chunks.data(), static_cast<std::uint32_t>(chunks.size())));
  return kept;
}

template <class T>
std::string encode(const Raster<T>& raster, const std::map<std::string, std::string>& texts) {
  const bool rgb = raster.channels == 3;
  if ((raster.channels != 1 && !rgb) || raster.size.height < 1 || raster.size.width < 1 ||
      raster.pixels.size() != static_cast<std::size_t>(raster.size.area() * raster.channels)) {
    throw InternalError(fmt::format("PNG encoder: cannot write {} with {} channels and {} values",
                                    to_string(raster.size), raster.channels, raster.pixels.size()));
  }
  const Context context = make_context(SPNG_CTX_ENCODER);
  spng_ihdr ihdr{};
  ihdr.height = static_cast<std::uint32_t>(raster.size.height);
  ihdr.width = static_cast<std::uint32_t>(raster.size.width);
  ihdr.bit_depth = sizeof(T) * 8;
  ihdr.color_type = rgb ? SPNG_COLOR_TYPE_TRUECOLOR : SPNG_COLOR_TYPE_GRAYSCALE;
  check_encoded(spng_set_ihdr(context.get(), &ihdr));
  check_encoded(spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1));
  check_encoded(spng_set_option(context.get(), SPNG_IMG_COMPRESSION_LEVEL, rgb ? kPhotoLevel : kMapLevel));
  const int filters = rgb ? SPNG_FILTER_CHOICE_SUB | SPNG_FILTER_CHOICE_UP : SPNG_FILTER_CHOICE_UP;
  check_encoded(spng_set_option(context.get(), SPNG_FILTER_CHOICE, filters));
  const auto kept_texts = set_texts(context.get(), texts);
  check_encoded(spng_encode_image(context.get(), raster.pixels.data(), raster.pixels.size() * sizeof(T), SPNG_FMT_PNG,
                                  SPNG_ENCODE_FINALIZE));
  int status = SPNG_OK;
  std::size_t bytes = 0;
  const std::unique_ptr<void, decltype(&std::free)> buffer(spng_get_png_buffer(context.get(), &bytes, &status),
                                                           std::free);
  check_encoded(status);
  return std::string(static_cast<const char*>(buffer.get()), bytes);
}

}  // namespace

PngHeader read_png_header(const fs::path& path) {
  require_file(path);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw_read_error(path, errno);
  std::string bytes(kHeaderBytes, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  if (std::ferror(file.get()) != 0) throw_read_error(path, errno);
  return header_of(make_decoder(bytes, path).get(), path);
}

void require_photo(const PngHeader& header, const fs::path& path) {
  if (header.channels == 3 && header.bit_depth == 8) return;
  throw DataError(
      fmt::format("{}: {} picture, expected an 8-bit RGB photo; convert it", path.string(), kind_text(header)));
}

void require_label_map(const PngHeader& header, const fs::path& path) {
  if (header.channels == 1 && header.bit_depth <= 8) return;
  throw DataError(
      fmt::format("{}: {} picture, expected a label map of grey or palette, at most 8-bit (ids as they are in "
                  "*_gtFine_labelIds.png)",
                  path.string(), kind_text(header)));
}

Image decode_rgb_png(std::string_view bytes, const fs::path& path) {
  return decode_png<std::uint8_t>(bytes, path, require_photo);
}

Image decode_label_png(std::string_view bytes, const fs::path& path) {
  return decode_png<std::uint8_t>(bytes, path, require_label_map);
}

Image read_rgb_png(const fs::path& path) { return decode_rgb_png(read_file(path, kMaxPngBytes), path); }

Image read_label_png(const fs::path& path) { return decode_label_png(read_file(path, kMaxPngBytes), path); }

InstanceMap decode_instance_png(std::string_view bytes, const fs::path& path) {
  return decode_png<std::uint16_t>(bytes, path, require_instance_map);
}

void decode_label_png(std::string_view bytes, const fs::path& path, PngScratch& scratch, Image& labels) {
  decode_png(bytes, path, require_label_map, scratch, labels);
}

void decode_instance_png(std::string_view bytes, const fs::path& path, PngScratch& scratch, InstanceMap& instances) {
  decode_png(bytes, path, require_instance_map, scratch, instances);
}

InstanceMap read_instance_png(const fs::path& path) { return decode_instance_png(read_file(path, kMaxPngBytes), path); }

std::string encode_png(const Image& image, const std::map<std::string, std::string>& texts) {
  return encode(image, texts);
}

std::string encode_png(const InstanceMap& map) { return encode(map, {}); }

std::map<std::string, std::string> read_png_texts(const fs::path& path) {
  const std::string bytes = read_file(path, kMaxPngBytes);
  const Context context = make_decoder(bytes, path);
  header_of(context.get(), path);
  std::size_t size = 0;
  int status = spng_decoded_image_size(context.get(), SPNG_FMT_PNG, &size);
  if (status != SPNG_OK) throw_damaged(path, status);
  std::vector<std::uint8_t> pixels(size);
  // The texts may stand behind the pixels, so everything is read, and its checksums verified with it.
  decode_pixels(context.get(), bytes, pixels.data(), size, path);
  std::uint32_t count = 0;
  status = spng_get_text(context.get(), nullptr, &count);
  if (status == SPNG_ECHUNKAVAIL) return {};
  std::vector<spng_text> chunks(count);
  if (status == SPNG_OK) status = spng_get_text(context.get(), chunks.data(), &count);
  if (status != SPNG_OK) throw_damaged(path, status);
  std::map<std::string, std::string> texts;
  for (const spng_text& chunk : chunks) {
    if (chunk.type == SPNG_TEXT) texts[chunk.keyword] = std::string(chunk.text, chunk.length);
  }
  return texts;
}

}  // namespace segfold
