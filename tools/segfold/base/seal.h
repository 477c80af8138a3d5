#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "segfold/base/json.h"

namespace segfold {

/// What made a file, and the SHA-256 of its content. Every file of this project carries one. It holds no time, host,
/// path, worker count or resume count, so equal runs give equal bytes.
struct Seal {
  std::string tool;                           ///< e.g. "train-fold"
  int results_version = 0;                    ///< of that tool: raised by hand when its outputs change
  Json parameters = Json::object();           ///< options that shape the content
  std::map<std::string, std::string> inputs;  ///< role → digest of what was read, e.g. "folds" → "3fb1…"
  std::string content;                        ///< SHA-256 of the content, 64 hexadecimal digits; "" until sealed

  /// Digest of tool, results version, parameters and inputs: equal for equal runs, whatever they produced.
  std::string run_digest() const;
};

/// What --dry-run asks of an output: that the run which `wanted` describes made it, whatever it produced.
/// @throws DataError naming the file and what differs: "epochs is 40, not 65".
void require_made_by(const Seal& wanted, const Seal& found, const std::filesystem::path& path);

Json seal_to_json(const Seal& seal);
Seal seal_from_json(const Json& document, const std::string& origin);

/// Writes a JSON file atomically, with `seal` under "seal": it holds the SHA-256 of the document without it.
/// @throws as write_file
void write_sealed_json(const std::filesystem::path& path, Json document, Seal seal);

struct SealedJson {
  Json document;  ///< with its "seal"
  Seal seal;
};

/// Reads a JSON file and checks its seal. @throws DataError if the content is not what was sealed or `format`
/// ("segfold.folds/1", …) differs from the document's "format"; as read_json.
SealedJson read_sealed_json(const std::filesystem::path& path, std::string_view format);

/// Path of the seal beside a text file: "<path>.seal.json".
std::filesystem::path seal_path(const std::filesystem::path& path);

/// Writes a text file (CSV) with its seal beside it. Both are on the disk before either has its name; a kill between
/// the two renames leaves a pair that readers refuse, saying so. @throws as write_file
void write_sealed_text(const std::filesystem::path& path, std::string_view text, Seal seal);

struct SealedText {
  std::string text;
  Seal seal;
};

/// Reads a text file and checks it against the seal beside it. @throws NotFoundError if the seal is missing, DataError
/// if the text is not what was sealed; as read_file and read_json.
SealedText read_sealed_text(const std::filesystem::path& path);

/// The same for a text that was read from `path` before.
SealedText unseal(std::string text, const std::filesystem::path& path);

}  // namespace segfold
