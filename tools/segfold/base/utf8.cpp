#include "segfold/base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace segfold {
namespace {

/// Length that a character's first byte announces, 0 if none begins so.
std::size_t announced_length(unsigned char first) {
  return first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
}

/// Length of the character at the start of `text`, 0 if the bytes there are no valid UTF-8.
std::size_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = announced_length(first);
  if (length == 0 || text.size() < length) return 0;
  std::uint32_t code = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return 0;
    code = (code << 6) | (byte & 0x3Fu);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return overlong || surrogate || code > 0x10FFFF ? 0 : length;
}

bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;  // U+0080–U+009F
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable_text(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string result;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const std::string_view character = text.substr(0, length);
    result += length == 0 || is_control(character) ? kReplacement : character;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

std::string printable_lines(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return printable_text(text);
  return printable_text(text.substr(0, end)) + '\n' + printable_lines(text.substr(end + 1));
}

std::string spelling(std::string_view name) {
  std::string result;
  bool ascii = true;
  for (const std::string& character : split_characters(name)) {
    const auto first = static_cast<unsigned char>(character.front());
    ascii = ascii && first < 0x80;
    const std::size_t length = character_length(character);
    std::uint32_t code = length < 2 ? first : first & (0x7Fu >> length);
    for (std::size_t i = 1; i < character.size(); ++i)
      code = (code << 6) | (static_cast<unsigned char>(character[i]) & 0x3Fu);
    result += first < 0x80 ? character : length == 0 ? fmt::format("\\x{:02x}", first) : fmt::format("\\u{:04x}", code);
  }
  return ascii ? "" : fmt::format(" (spelt {})", result);
}

std::vector<std::string> split_characters(std::string_view text) {
  std::vector<std::string> characters;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(1, character_length(text));
    characters.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return characters;
}

}  // namespace segfold
