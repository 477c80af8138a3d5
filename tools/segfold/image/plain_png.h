#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "segfold/base/size.h"

namespace segfold {

/// Memory for decoding, worth keeping from one picture to the next: asking for megabytes anew costs as much time as
/// filling them.
struct PngScratch {
  std::vector<std::uint8_t> compressed;
  std::vector<std::uint8_t> rows;
};

/// Decodes the pixels of a PNG of one sample a pixel (of a palette: the indices), not interlaced, faster
/// than libspng does. It takes faultless files only, and of those not all: what is unusual or wrong is left to libspng,
/// which says what it is. Every checksum, the compressed data's length and every filter are verified. (Compressed data
/// with a fault that changes no pixel can pass: libdeflate is less strict than zlib with unused Huffman codes.)
/// @param bytes  the whole file, whose chunks up to the pixels are known to be right.
/// @param size  from its header, within the limits of a picture.
/// @param pixels  height × width samples of one byte, or of two in the machine's order; undefined after false.
/// @return whether `pixels` holds the picture.
bool decode_plain_png(std::string_view bytes, Size size, std::span<std::uint8_t> pixels, PngScratch& scratch);
bool decode_plain_png(std::string_view bytes, Size size, std::span<std::uint16_t> pixels, PngScratch& scratch);

/// The text of that keyword which stands before a PNG's pixels, as this project writes it; "" if there is none. The
/// pixels are not decoded.
std::string_view find_png_text(std::string_view bytes, std::string_view keyword);

}  // namespace segfold
