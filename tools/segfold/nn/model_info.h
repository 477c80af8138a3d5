#pragma once

#include <optional>
#include <string>
#include <vector>

#include "segfold/base/json.h"
#include "segfold/base/seal.h"
#include "segfold/base/size.h"
#include "segfold/nn/model_options.h"
#include "segfold/nn/normalisation.h"
#include "segfold/nn/precision.h"
#include "segfold/nn/tensor_file.h"

namespace segfold {

/// What a model file says of its weights. Needs no LibTorch: what only looks at a model starts in milliseconds.
struct ModelInfo {
  ModelOptions options;
  std::vector<std::string> classes;
  Normalisation normalisation;
  Size input_size;                         ///< of the images it was trained on
  Precision precision = Precision::kFp32;  ///< it was trained with; evaluation takes the same unless told otherwise
  std::string experiment;
  std::optional<int> fold;  ///< held-out fold; absent if it was trained on every sample
  int folds_count = 0;
  int epoch = 0;  ///< whose weights these are, from 1
  Seal seal;      ///< of the training; seal.content digests the tensors and all of the above
};

/// The key of a weights file's metadata under which what is said of the model stands.
inline constexpr const char* kModelInfoKey = "segfold";

/// As model files hold it ("format" is segfold.model/1), and back. @throws DataError naming `origin` and the key for
/// what is missing, of another type or impossible.
Json info_to_json(const ModelInfo& info);
ModelInfo info_from_json(const Json& document, const std::string& origin);

/// SHA-256 of tensors and of all that `document` (as info_to_json) says about them, but for its seal: what seal.content
/// has to be. {} for weights that nothing is said of.
std::string model_digest(const std::vector<NamedTensor>& tensors, Json document);

/// Seals `info` over the file's tensors and puts it into the file's metadata, in place of what was there.
void add_model_info(TensorFile& file, ModelInfo info);

struct FoundModelInfo {
  ModelInfo info;
  bool seal_matches = false;  ///< whether tensors and info are those that were sealed
};

/// What a weights file says of its model; nothing for weights of others. @throws as info_from_json
std::optional<FoundModelInfo> find_model_info(const TensorFile& file, const std::string& origin);

/// The same where it is needed. @throws DataError also for weights of others and for a seal that does not match.
ModelInfo require_model_info(const TensorFile& file, const std::string& origin);

/// The DataError of a model whose seal does not match.
[[noreturn]] void throw_broken_seal(const std::string& origin);

}  // namespace segfold
