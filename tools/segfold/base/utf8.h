#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segfold {

/// Whether all of `text` is valid UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text);

/// `text` as a font can draw it and a terminal may show it: each byte that is no valid UTF-8 and each control character
/// becomes U+FFFD. Names come from files and may hold anything.
std::string printable_text(std::string_view text);

/// The same, but for ends of lines, which stay.
std::string printable_lines(std::string_view text);

/// " (spelt mu\\u0308nchen)" for a name that is not all ASCII, "" for others: one name has several spellings that look
/// the same (NFC and NFD), and which of them stands where is what an error is about.
std::string spelling(std::string_view name);

/// The characters (code points) of valid UTF-8.
std::vector<std::string> split_characters(std::string_view text);

}  // namespace segfold
