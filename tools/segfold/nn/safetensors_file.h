#pragma once

#include <filesystem>

#include "segfold/nn/tensor_file.h"

namespace segfold {

/// Reads a safetensors file, tensors in the order of its header. Where the metadata hold "segfold.sha256", as every
/// file of this project does, all names, types, shapes, data and metadata are checked against it; it is not handed out.
/// Memory, whatever the file asks for: at most twice its size and 64 KiB in one piece, five times its size and 64 KiB
/// in all.
/// @throws DataError for what is damaged or not of the format; as read_file.
TensorFile read_safetensors(const std::filesystem::path& path);

/// Writes a safetensors file, whole or not at all, with "segfold.sha256" beside the metadata given: the format itself
/// has no checksum. Equal content gives equal bytes. Tensors lie by element size, largest first, as the reference
/// implementation lays them out, so that each is aligned.
/// @throws DataError for metadata that are refused when read, as parse_safetensors_header says; InternalError if a
/// tensor's data do not fit its shape or a name stands twice; as AtomicFile.
void write_safetensors(const std::filesystem::path& path, const TensorFile& content);

}  // namespace segfold
