#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segfold::testing {

/// Chunks of a PNG: type and data, in their order.
using PngChunks = std::vector<std::pair<std::string, std::string>>;

/// The chunks that `png` consists of, as far as they are whole; nothing if there is none. Checksums are not looked at.
std::optional<PngChunks> chunks_of(std::string_view png);

/// A PNG with right lengths and checksums, so that what its chunks hold gets past both.
std::string png_of(const PngChunks& chunks);

/// What a zlib stream unpacks to; nothing if it is none or unpacks to more than `most` bytes.
std::optional<std::string> unpacked(std::string_view stream, std::size_t most);

std::string packed(std::string_view bytes);

}  // namespace segfold::testing
