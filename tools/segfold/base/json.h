#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace segfold {

/// Keys keep the order in which they were written, so files read as their documentation lists them.
using Json = nlohmann::ordered_json;

/// Parses JSON text. `origin` names it in errors. @throws DataError with line and column of the fault.
Json parse_json(std::string_view text, const std::string& origin);

/// Parses a JSON file. @throws as read_file and parse_json.
Json read_json(const std::filesystem::path& path);

/// Text of a document as files hold it: two spaces, a newline at the end, NaN as null.
std::string json_text(const Json& document);

/// Throws the DataError of a key that is missing or whose value is of the wrong type.
[[noreturn]] void throw_missing_key(const std::string& key, const std::string& origin);
[[noreturn]] void throw_wrong_type(const std::string& key, const std::string& origin);

/// The member `key` of an object as T. @throws DataError naming `origin` and key if missing or of another type.
template <class T>
T json_value(const Json& document, const std::string& key, const std::string& origin) {
  if (!document.is_object() || !document.contains(key)) throw_missing_key(key, origin);
  try {
    return document.at(key).get<T>();
  } catch (const nlohmann::json::exception&) {
    throw_wrong_type(key, origin);
  }
}

}  // namespace segfold
