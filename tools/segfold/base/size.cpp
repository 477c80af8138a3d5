#include "segfold/base/size.h"

#include <fmt/format.h>

#include <charconv>

#include "segfold/base/error.h"

namespace segfold {
namespace {

bool parse_side(std::string_view text, std::int64_t& side) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), side);
  return error == std::errc() && end == text.data() + text.size() && side >= 1 && side <= kMaxSide;
}

}  // namespace

std::string to_string(Size size) { return fmt::format("{}x{}", size.height, size.width); }

Size parse_size(std::string_view text) {
  Size size;
  const auto x = text.find('x');
  if (x == std::string_view::npos || !parse_side(text.substr(0, x), size.height) ||
      !parse_side(text.substr(x + 1), size.width)) {
    throw UsageError(fmt::format("'{}' is no size; write HEIGHTxWIDTH with sides from 1 to {}, for example 512x1024",
                                 text, kMaxSide));
  }
  return size;
}

}  // namespace segfold
