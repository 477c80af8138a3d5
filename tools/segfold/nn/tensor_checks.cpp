#include "segfold/nn/tensor_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_set>

#include "segfold/base/error.h"
#include "segfold/base/utf8.h"

namespace segfold {
namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;  // × 8 bytes is still far from overflow
constexpr std::size_t kMaxShown = 100;

}  // namespace

std::optional<std::int64_t> element_count(std::span<const std::int64_t> shape) {
  if (shape.size() > kMaxRank) return std::nullopt;
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t size : shape) {
    if (size < 0) return std::nullopt;
    if (size > 0 && size > kMaxElements / count) return std::nullopt;
    if (size > 0) count *= size;
    empty = empty || size == 0;
  }
  return empty ? 0 : count;
}

std::string shape_text(std::span<const std::int64_t> shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::string printable(std::string_view text) {
  std::size_t end = std::min(text.size(), kMaxShown);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  const bool cut = end < text.size();
  std::string shown(text.substr(0, end));
  const bool utf8 = is_utf8(shown);
  for (char& letter : shown) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20 || code == 0x7F || (code > 0x7F && !utf8)) letter = '?';
  }
  return cut ? shown + "…" : shown;
}

void require_booleans(const NamedTensor& tensor, const std::string& origin) {
  if (tensor.dtype != DType::kBool) return;
  const auto other = std::ranges::find_if(tensor.data, [](char byte) { return byte != 0 && byte != 1; });
  if (other != tensor.data.end()) {
    throw DataError(
        fmt::format("{}: tensor '{}': the byte {} in a boolean tensor, expected 0 or 1; make the file again", origin,
                    printable(tensor.name), static_cast<unsigned char>(*other)));
  }
}

void require_writable(const std::vector<NamedTensor>& tensors, const std::string& origin) {
  std::unordered_set<std::string_view> names;
  for (const NamedTensor& tensor : tensors) {
    const std::optional<std::int64_t> count = element_count(tensor.shape);
    const std::string place = fmt::format("{}: tensor '{}'", origin, printable(tensor.name));
    if (!is_utf8(tensor.name)) throw InternalError(place + ": the name is no UTF-8");
    if (!names.insert(tensor.name).second) throw InternalError(place + ": the name stands twice");
    if (!count || static_cast<std::uint64_t>(*count * dtype_size(tensor.dtype)) != tensor.data.size()) {
      throw InternalError(
          fmt::format("{}: {} bytes do not fit the shape {}", place, tensor.data.size(), shape_text(tensor.shape)));
    }
  }
}

}  // namespace segfold
