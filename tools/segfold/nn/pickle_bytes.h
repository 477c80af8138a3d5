#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "segfold/base/error.h"

namespace segfold {

/// The bytes of an untrusted pickle, taken from front to back: what an operation is followed by.
class PickleBytes {
 public:
  /// Both must outlive it. @param origin  names the file in errors.
  PickleBytes(std::string_view bytes, const std::string& origin) : bytes_(bytes), origin_(origin) {}

  std::size_t size() const { return bytes_.size(); }
  bool at_end() const { return next_ == bytes_.size(); }

  /// Remembers where an operation begins: errors name that byte.
  void mark_operation() { operation_ = next_; }
  std::size_t operation() const { return operation_; }

  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(fmt::format("{}: at byte {}: {}; save the state dict alone: torch.save(model.state_dict(), …)",
                                origin_, operation_, what));
  }

  /// The next `count` bytes.
  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - next_) fail("is cut short");
    const std::string_view taken = bytes_.substr(next_, count);
    next_ += count;
    return taken;
  }

  /// The next value of a fixed size, little-endian.
  template <class T>
  T read() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

  /// A byte that counts the bytes of a little-endian two's complement integer, and those, up to eight.
  std::int64_t read_long() {
    const std::string_view digits = take(read<std::uint8_t>());
    if (digits.size() > 8) fail("has an integer of more than 64 bits");
    const bool negative = !digits.empty() && (digits.back() & 0x80) != 0;
    std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = digits.size(); i-- > 0;) value = (value << 8) | static_cast<unsigned char>(digits[i]);
    return static_cast<std::int64_t>(value);
  }

  /// The text up to the next newline, which is passed over.
  std::string_view read_line() {
    const std::size_t end = bytes_.find('\n', next_);
    if (end == std::string_view::npos) fail("is cut short");
    const std::string_view line = take(end - next_);
    take(1);
    return line;
  }

 private:
  std::string_view bytes_;
  const std::string& origin_;
  std::size_t next_ = 0;
  std::size_t operation_ = 0;
};

}  // namespace segfold
