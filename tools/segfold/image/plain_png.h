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

/// Decodes the pixels of a PNG of one sample a pixel, not interlaced, in a third of libspng's time. It takes faultless
/// files only, and of those not all: whatever is unusual or wrong is left to libspng, which says what it is.
/// Trusts nothing but `size` and `pixels`: chunks, checksums, compressed data and filters are all verified. (Where
/// all checksums fit it forgives a Huffman code that zlib does not.)
/// @param bytes  the whole file. @param size  from its header, within the limits of a picture.
/// @param pixels  height × width samples of 1 byte or of 2 (these in the machine's order); undefined after false.
/// @return whether `pixels` holds the picture.
bool decode_plain_png(std::string_view bytes, Size size, std::span<std::uint8_t> pixels, PngScratch& scratch);
bool decode_plain_png(std::string_view bytes, Size size, std::span<std::uint16_t> pixels, PngScratch& scratch);

}  // namespace segfold
