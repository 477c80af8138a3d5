#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace segfold {

/// Keys keep the order in which they were written, so files read as their documentation lists them.
using Json = nlohmann::ordered_json;

/// Parses JSON text. `origin` names it in errors. @throws DataError with line and column of the fault, for more than 64
/// levels and for more than 10 million values.
Json parse_json(std::string_view text, const std::string& origin);

/// Parses a JSON file. @throws as read_file and parse_json.
Json read_json(const std::filesystem::path& path);

/// Text of a document as files hold it: two spaces, a newline at the end, NaN as null.
std::string json_text(const Json& document);

/// Text of a document in one line without spaces, for digests and attributes; what is no UTF-8 is replaced.
std::string compact_json(const Json& document);

/// Throws the DataError of a key that is missing or whose value is of the wrong type.
[[noreturn]] void throw_missing_key(const std::string& key, const std::string& origin);
[[noreturn]] void throw_wrong_type(const std::string& key, const std::string& origin);

/// Whether nlohmann's conversion to T keeps the value: it turns 3.7 and true into integers, −1 into 2^64 − 1 and 2^32
/// into the int 0, also within lists, and takes the first elements of a list that is longer than an array. Maps and
/// texts are its own to check.
template <class T>
struct JsonIs {
  static bool check(const Json& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return value.is_boolean();
    } else if constexpr (std::is_unsigned_v<T>) {
      return value.is_number_unsigned() && std::in_range<T>(value.get<std::uint64_t>());
    } else if constexpr (std::is_integral_v<T>) {
      return value.is_number_unsigned() ? std::in_range<T>(value.get<std::uint64_t>())
                                        : value.is_number_integer() && std::in_range<T>(value.get<std::int64_t>());
    } else if constexpr (std::is_floating_point_v<T>) {
      return value.is_number();
    } else {
      return true;
    }
  }
};
template <class T>
struct JsonIs<std::vector<T>> {
  static bool check(const Json& value) { return value.is_array() && std::ranges::all_of(value, JsonIs<T>::check); }
};
template <class T, std::size_t N>
struct JsonIs<std::array<T, N>> {
  static bool check(const Json& value) { return value.size() == N && JsonIs<std::vector<T>>::check(value); }
};

/// The member `key` of an object as T. @throws DataError naming `origin` and key if missing or of another type.
template <class T>
T json_value(const Json& document, const std::string& key, const std::string& origin) {
  if (!document.is_object() || !document.contains(key)) throw_missing_key(key, origin);
  const Json& value = document.at(key);
  if (!JsonIs<T>::check(value)) throw_wrong_type(key, origin);
  try {
    return value.get<T>();
  } catch (const nlohmann::json::exception&) {
    throw_wrong_type(key, origin);
  }
}

}  // namespace segfold
