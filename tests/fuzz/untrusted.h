#pragma once

#include <filesystem>

#include "segfold/nn/tensor_file.h"

namespace segfold::testing {

using WeightReader = TensorFile (*)(const std::filesystem::path&);

/// Bytes that reading a file of some kilobytes may take beyond twice the file's, for the lists of zip, pickle and JSON:
/// three times what any file of the corpus needs.
inline constexpr std::size_t kListBytes = std::size_t{1} << 16;

/// Reads a weights file from an untrusted hand and what it says of its model, and returns whether it was accepted; it
/// may be refused with DataError alone.
/// @throws std::logic_error saying what was broken: another error, memory beyond 2 · file + list_bytes in one request
/// or in total, or a file accepted that could not be written again.
bool is_accepted(WeightReader read, const std::filesystem::path& path, std::size_t list_bytes = kListBytes);

}  // namespace segfold::testing
