#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "segfold/image/image.h"
#include "segfold/image/plain_png.h"

namespace segfold {

/// Most pixels a picture may have: a small file can ask for gigabytes.
inline constexpr std::int64_t kMaxPixels = std::int64_t{1} << 26;

/// Size and kind of a PNG from its header alone.
struct PngHeader {
  Size size;
  int channels = 0;   ///< 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA; a palette counts as 1
  int bit_depth = 0;  ///< per channel
  bool palette = false;
};
/// @throws as read_file; DataError naming the file if it is no PNG or too large.
PngHeader read_png_header(const std::filesystem::path& path);

/// @throws DataError saying what `path` is and what was expected, unless its header is that of an 8-bit RGB photo.
void require_photo(const PngHeader& header, const std::filesystem::path& path);

/// Likewise unless it is that of a map of ids.
void require_label_map(const PngHeader& header, const std::filesystem::path& path);

/// An 8-bit RGB photo. @throws DataError naming the file if it is no PNG, damaged, of another kind or too large.
Image read_rgb_png(const std::filesystem::path& path);

/// A map of ids: grey values as they are stored or the indices of a palette (never its colours), of at most 8 bits.
/// @throws DataError if it is RGB, 16-bit, damaged or too large.
Image read_label_png(const std::filesystem::path& path);

/// The same from a file's bytes in memory. @param path  names the file in errors
Image decode_rgb_png(std::string_view bytes, const std::filesystem::path& path);
Image decode_label_png(std::string_view bytes, const std::filesystem::path& path);

/// Largest file that is read as a picture.
inline constexpr std::uint64_t kMaxPngBytes = std::uint64_t{1} << 29;

/// A 16-bit grey map of instance ids.
InstanceMap read_instance_png(const std::filesystem::path& path);
InstanceMap decode_instance_png(std::string_view bytes, const std::filesystem::path& path);

/// The same into a map whose memory is used again, as `scratch` is: for who decodes many.
void decode_label_png(std::string_view bytes, const std::filesystem::path& path, PngScratch& scratch, Image& labels);
void decode_instance_png(std::string_view bytes, const std::filesystem::path& path, PngScratch& scratch,
                         InstanceMap& instances);

/// PNG bytes of a grey or RGB picture; equal input gives equal bytes. `texts` become tEXt chunks (Latin-1).
std::string encode_png(const Image& image, const std::map<std::string, std::string>& texts = {});
std::string encode_png(const InstanceMap& map);

/// The tEXt chunks of a PNG.
std::map<std::string, std::string> read_png_texts(const std::filesystem::path& path);

}  // namespace segfold
