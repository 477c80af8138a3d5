#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace segfold {

enum class DType { kFloat32, kFloat64, kFloat16, kBFloat16, kInt64, kInt32, kUInt8, kBool };

/// Bytes of one element.
int dtype_size(DType dtype);

/// "float32", as Python calls it.
std::string dtype_name(DType dtype);

/// A tensor as files hold it: contiguous, row-major, little-endian.
struct NamedTensor {
  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<std::int64_t> shape;
  std::string data;  ///< product(shape) · dtype_size bytes
};

/// By what a reader found a file's data whole: CRC-32s of zip records, a SHA-256 of this project; safetensors has none.
enum class Checksum { kNone, kCrc32, kSha256 };

/// Content of a weights file. Needs no LibTorch, so tools that only look start in milliseconds.
struct TensorFile {
  std::vector<NamedTensor> tensors;             ///< in the order of the file
  std::map<std::string, std::string> metadata;  ///< text by key; this project uses the key "segfold" (JSON)
  Checksum checksum = Checksum::kNone;          ///< set by readers; writers pass over it
};

/// Reads ".pth" (zip form, as Python's torch.save writes since 2020) or ".safetensors", by the file's ending.
/// Never runs code: of a pickle only what a state dict needs is admitted. Checks the zip's CRC-32s, bounds every size
/// by the file's before it allocates.
/// @throws DataError naming file, place and remedy; as read_file; UsageError for another ending.
TensorFile read_tensor_file(const std::filesystem::path& path);

/// Writes ".pth" (a plain state dict for torch.load(…, weights_only=True), metadata as extra zip records
/// "<archive>/segfold.json" for the key "segfold", "<archive>/metadata/<key>" for another) or ".safetensors" (metadata
/// in __metadata__, with this project's checksum), whole or not at all. Equal content gives equal bytes.
void write_tensor_file(const std::filesystem::path& path, const TensorFile& file);

/// @throws UsageError unless the path ends in .pth or .safetensors. Lets a tool refuse before it works for hours.
void require_tensor_file_ending(const std::filesystem::path& path);

}  // namespace segfold
