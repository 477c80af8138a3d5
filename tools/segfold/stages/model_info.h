#pragma once

#include <filesystem>
#include <string>

#include "segfold/base/json.h"

namespace segfold {

struct ModelInfoOptions {
  std::filesystem::path file;  ///< .pth or .safetensors, of this project or of others
  bool encoder = false;        ///< only see whether it is an encoder's weights (make_resnet50_encoder)
  bool json = false;           ///< JSON instead of text
  int threads = 0;             ///< not used: the work is too small

  /// @throws UsageError naming the option.
  void check() const;
};

/// What a weights file holds, "format" segfold.model-info/1: its size and SHA-256, the checksum that its reader
/// verified ("crc32", "sha256" or null), counts of tensors and values, and under "model" and "seal" what this
/// project wrote of them, null for weights of others; seal.matches says whether tensors and model are those that were
/// sealed. A state dict does not tell parameters from buffers: BatchNorm's statistics and whatever holds integers count
/// as buffers.
/// @throws as read_tensor_file and find_model_info.
Json describe_model(const std::filesystem::path& path);

/// The same to be read by people, a line for each thing; what came from the file is made printable.
std::string model_text(const Json& description);

/// Prints the description, or sees whether the file holds an encoder. @throws DataError after it if the seal does not
/// match; IoError as write_stdout.
void model_info(const ModelInfoOptions& options);

}  // namespace segfold
