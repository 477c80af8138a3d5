#pragma once

#include <filesystem>

#include "segfold/nn/tensor_file.h"

namespace segfold::testing {

using WeightReader = TensorFile (*)(const std::filesystem::path&);

/// Reads a weights file from an untrusted hand and what it says of its model, and returns whether it was accepted; it
/// may be refused with DataError alone.
/// @throws std::logic_error saying what was broken: another error, a file accepted that could not be written again, or
/// memory for reading beyond 2 · file + 64 KiB in one request or 6 · file + 64 KiB in total, where that is at its
/// largest: the file's text or directory, lists that are made of it, the tensors' data and their list.
bool is_accepted(WeightReader read, const std::filesystem::path& path);

}  // namespace segfold::testing
