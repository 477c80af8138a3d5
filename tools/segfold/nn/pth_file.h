#pragma once

#include <filesystem>

#include "segfold/nn/tensor_file.h"

namespace segfold {

/// Reads a state dict as torch.save writes it: a zip archive of "<archive>/data.pkl" and stored records
/// "<archive>/data/<key>", which the pickle's tensors are views of. The tensors come out contiguous.
/// Memory, whatever the file asks for: at most twice its size and 64 KiB in one piece, and six times its size and 64
/// KiB in all, of which the tensors and their list are twice the file, what is made of the pickle another twice.
/// Metadata: "<archive>/segfold.json" as "segfold", "<archive>/metadata/<key>" as <key>.
/// @throws DataError for what is damaged, no state dict, or asks for more than the file can hold; as read_file.
TensorFile read_pth(const std::filesystem::path& path);

/// Writes a state dict that torch.load(path, weights_only=True) reads, whole or not at all; equal content gives equal
/// bytes, whatever the file's name.
/// @throws InternalError if a tensor's data do not fit its shape or a name stands twice; as AtomicFile.
void write_pth(const std::filesystem::path& path, const TensorFile& file);

}  // namespace segfold
