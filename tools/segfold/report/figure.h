#pragma once

#include <filesystem>

#include "segfold/base/seal.h"
#include "segfold/image/image.h"

namespace segfold {

/// Key of the PNG text chunk that holds a figure's seal.
inline constexpr const char* kSealText = "segfold-seal";

/// Writes a figure as PNG, whole or not at all, with its seal in a text chunk; the seal's content is the SHA-256 of
/// size and pixels, so that another compressor makes no other figure of it. @throws as write_file.
void write_figure(const std::filesystem::path& path, const Image& picture, Seal seal);

/// The seal of a figure. @throws DataError if there is none or the pixels are not what was sealed.
Seal read_figure_seal(const std::filesystem::path& path);

}  // namespace segfold
