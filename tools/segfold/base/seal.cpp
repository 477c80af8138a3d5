#include "segfold/base/seal.h"

#include <fmt/format.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/sha256.h"
#include "segfold/base/text.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

std::string digest_without_seal(Json document) {
  document.erase("seal");
  return sha256_hex(compact_json(document));
}

void require_same(const std::string& found, const std::string& sealed, const std::string& origin) {
  if (found != sealed) {
    throw DataError(
        fmt::format("{}: its content is not what its seal says; it was changed or damaged, make it again", origin));
  }
}

}  // namespace

fs::path seal_path(const fs::path& path) { return path.string() + ".seal.json"; }

std::string Seal::run_digest() const {
  const Json made = {
      {"tool", tool}, {"results_version", results_version}, {"parameters", parameters}, {"inputs", inputs}};
  return sha256_hex(compact_json(made));
}

void require_made_by(const Seal& wanted, const Seal& found, const fs::path& path) {
  const auto flat = [](const Seal& seal) {
    Json run = seal_to_json(seal);
    for (const char* key : {"sha256", "run"}) run.erase(key);
    return run.flatten();
  };
  const Json there = flat(found);
  const Json asked = flat(wanted);
  if (there == asked) return;
  std::vector<std::string> differences;
  for (const Json& document : {asked, there}) {
    for (const auto& [place, value] : document.items()) {
      const std::string has = there.contains(place) ? compact_json(there[place]) : "missing";
      const std::string wants = asked.contains(place) ? compact_json(asked[place]) : "missing";
      const std::string text =
          fmt::format("{} is {}, not {}", place.substr(place.rfind('/', place.size()) + 1), has, wants);
      if (has != wants && std::ranges::find(differences, text) == differences.end()) differences.push_back(text);
    }
  }
  throw DataError(fmt::format("{}: was made by another run ({}); leave --dry-run out to make it again", path.string(),
                              list_text(differences, 3)));
}

Json seal_to_json(const Seal& seal) {
  return {{"sha256", seal.content},        {"tool", seal.tool},     {"results_version", seal.results_version},
          {"parameters", seal.parameters}, {"inputs", seal.inputs}, {"run", seal.run_digest()}};
}

Seal seal_from_json(const Json& document, const std::string& origin) {
  Seal seal;
  seal.content = json_value<std::string>(document, "sha256", origin);
  seal.tool = json_value<std::string>(document, "tool", origin);
  seal.results_version = json_value<int>(document, "results_version", origin);
  seal.parameters = json_value<Json>(document, "parameters", origin);
  if (!seal.parameters.is_object()) throw_wrong_type("parameters", origin);
  seal.inputs = json_value<std::map<std::string, std::string>>(document, "inputs", origin);
  require_same(seal.run_digest(), json_value<std::string>(document, "run", origin), origin);
  return seal;
}

void write_sealed_json(const fs::path& path, Json document, Seal seal) {
  seal.content = digest_without_seal(document);
  document["seal"] = seal_to_json(seal);
  write_file(path, json_text(document));
}

SealedJson read_sealed_json(const fs::path& path, std::string_view format) {
  SealedJson sealed{read_json(path), {}};
  const std::string origin = path.string();
  const auto found = json_value<std::string>(sealed.document, "format", origin);
  if (found != format) {
    throw DataError(
        fmt::format("{}: format '{}', expected '{}'; give another file or make it again", origin, found, format));
  }
  sealed.seal = seal_from_json(json_value<Json>(sealed.document, "seal", origin), origin + ": seal");
  require_same(digest_without_seal(sealed.document), sealed.seal.content, origin);
  return sealed;
}

void write_sealed_text(const fs::path& path, std::string_view text, Seal seal) {
  seal.content = sha256_hex(text);
  AtomicFile file(path);
  AtomicFile sealed(seal_path(path));
  file.write(text);
  sealed.write(json_text(seal_to_json(seal)));
  sealed.sync();
  file.commit();
  sealed.commit();
}

SealedText read_sealed_text(const fs::path& path) { return unseal(read_file(path), path); }

SealedText unseal(std::string text, const fs::path& path) {
  SealedText sealed{std::move(text), {}};
  const std::string origin = seal_path(path).string();
  std::error_code error;  // any other one is read_json's to tell
  if (!fs::exists(seal_path(path), error) && !error) {
    throw NotFoundError(fmt::format("{}: its seal {} is not there; put the two side by side, or make them again",
                                    path.string(), origin));
  }
  sealed.seal = seal_from_json(read_json(seal_path(path)), origin);
  // A process that was killed between the two renames leaves its seal, ready but without its name.
  if (sha256_hex(sealed.text) != sealed.seal.content && !abandoned_temporaries(seal_path(path)).empty()) {
    throw DataError(fmt::format("{}: the process that wrote it was killed before its seal was in place; make it again",
                                path.string()));
  }
  require_same(sha256_hex(sealed.text), sealed.seal.content, path.string());
  return sealed;
}

}  // namespace segfold
