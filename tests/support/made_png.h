#pragma once

#include <libdeflate.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/base/size.h"

/// PNG files put together part by part, right and wrong ones.
namespace segfold::testing {

inline std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

inline std::string chunk(const std::string& type, const std::string& data) {
  const std::string checked = type + data;
  return big_endian(static_cast<std::uint32_t>(data.size())) + checked +
         big_endian(libdeflate_crc32(0, checked.data(), checked.size()));
}

/// Signature and header of a grey picture. @param interlace  0 none, 1 Adam7
inline std::string png_start(Size size, char bit_depth, char interlace = 0) {
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", big_endian(static_cast<std::uint32_t>(size.width)) +
                                                 big_endian(static_cast<std::uint32_t>(size.height)) +
                                                 std::string{bit_depth, 0, 0, 0, interlace});
}

inline std::string png_end() { return chunk("IEND", ""); }

inline std::string zlib_stream(std::string_view bytes) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(6), libdeflate_free_compressor);
  std::string stream(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
  stream.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), stream.data(), stream.size()));
  return stream;
}

/// What the PNG specification's section 9 predicts for byte `i` of `row` from the bytes before it.
inline int predicted_byte(int filter, const std::vector<std::uint8_t>& row, const std::vector<std::uint8_t>& above,
                          std::size_t i, std::size_t bytes_per_pixel) {
  const int a = i < bytes_per_pixel ? 0 : row[i - bytes_per_pixel];
  const int b = above[i];
  const int c = i < bytes_per_pixel ? 0 : above[i - bytes_per_pixel];
  const int p = a + b - c;
  const int distances[] = {std::abs(p - a), std::abs(p - b), std::abs(p - c)};
  const int paeth = distances[0] <= distances[1] && distances[0] <= distances[2] ? a
                    : distances[1] <= distances[2]                               ? b
                                                                                 : c;
  const int predictions[] = {0, a, b, (a + b) / 2, paeth};
  return predictions[filter];
}

/// A row as an encoder filters it.
inline std::vector<std::uint8_t> filtered(int filter, const std::vector<std::uint8_t>& row,
                                          const std::vector<std::uint8_t>& above, std::size_t bytes_per_pixel) {
  std::vector<std::uint8_t> bytes(row);
  for (std::size_t i = 0; i < row.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(row[i] - predicted_byte(filter, row, above, i, bytes_per_pixel));
  }
  return bytes;
}

}  // namespace segfold::testing
