#include "segfold/base/json.h"

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"

namespace segfold {
namespace {

constexpr int kDeepest = 64;                      // copying and writing a document takes stack for each level
constexpr std::uint64_t kMaxValues = 10'000'000;  // one of two letters may take a hundred bytes of memory

}  // namespace

Json parse_json(std::string_view text, const std::string& origin) {
  std::uint64_t values = 0;
  const auto require_small = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kDeepest) {
      throw DataError(fmt::format("{}: nested more than {} levels deep; make the file again", origin, kDeepest));
    }
    if (++values > kMaxValues) {
      throw DataError(fmt::format("{}: holds more than {} values; make the file again", origin, kMaxValues));
    }
    return true;
  };
  try {
    return Json::parse(text, require_small);
  } catch (const nlohmann::json::parse_error& error) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t i = 0; i + 1 < error.byte && i < text.size(); ++i) {
      column = text[i] == '\n' ? 1 : column + 1;
      line += text[i] == '\n' ? 1 : 0;
    }
    throw DataError(fmt::format("{}:{}:{}: is no valid JSON; make the file again", origin, line, column));
  } catch (const nlohmann::json::out_of_range&) {
    throw DataError(fmt::format("{}: holds a number beyond all range; make the file again", origin));
  }
}

Json read_json(const std::filesystem::path& path) { return parse_json(read_file(path), path.string()); }

std::string json_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string compact_json(const Json& document) { return document.dump(-1, ' ', false, Json::error_handler_t::replace); }

void throw_missing_key(const std::string& key, const std::string& origin) {
  throw DataError(fmt::format("{}: the key '{}' is missing; make the file again", origin, key));
}

void throw_wrong_type(const std::string& key, const std::string& origin) {
  throw DataError(fmt::format("{}: the value of '{}' is of the wrong type; make the file again", origin, key));
}

}  // namespace segfold
