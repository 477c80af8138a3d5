#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/data/hdf5.h"

/// Fixed-length texts as attributes and data sets hold them; nobody else includes this. To be used under the library's
/// lock.
namespace segfold::hdf5 {

/// Width of a fixed-length text type; 0 if it is something else.
inline std::size_t text_width(hid_t type) {
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0) return 0;
  return H5Tget_size(type);
}

/// The width that all of these texts fit into, at least 1.
inline std::size_t longest(const std::vector<std::string>& texts) {
  std::size_t most = 1;
  for (const std::string& text : texts) most = std::max(most, text.size());
  return most;
}

/// Texts one after the other, each filled up with zeros. @param width  not below longest()
inline std::vector<char> padded(const std::vector<std::string>& texts, std::size_t width) {
  std::vector<char> bytes(texts.size() * width, '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i].copy(bytes.data() + i * width, width);
  return bytes;
}

inline std::vector<std::string> unpadded(const std::vector<char>& bytes, std::size_t width) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; at + width <= bytes.size(); at += width) {
    const std::string_view text(bytes.data() + at, width);
    texts.emplace_back(text.substr(0, text.find_last_not_of('\0') + 1));
  }
  return texts;
}

}  // namespace segfold::hdf5
