#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Pickles of protocol 2, put together operation by operation, for what no Python would write.
namespace segfold::testing::pickle {

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

inline std::string whole(const std::string& operations) { return std::string("\x80\x02") + operations + "."; }
inline std::string text(std::string_view value) {
  return std::string("X") + little_endian(value.size(), 4) + std::string(value);
}
inline std::string integer(std::int64_t value) {
  return "\x8a\x08" + little_endian(static_cast<std::uint64_t>(value), 8);
}
inline std::string global(const std::string& module, const std::string& name) {
  return std::string("c") + module + "\n" + name + "\n";
}
inline std::string ordered_dict() { return global("collections", "OrderedDict") + ")R"; }
inline std::string tuple(const std::string& items) { return std::string("(") + items + "t"; }
inline std::string dict(const std::string& items) { return std::string("}(") + items + "u"; }

inline std::string storage(const std::string& type, const std::string& key, std::int64_t elements) {
  return tuple(text("storage") + global("torch", type) + text(key) + text("cpu") + integer(elements)) + "Q";
}
/// What torch.save writes for a tensor; shape and strides are tuples.
inline std::string tensor(const std::string& stored, std::int64_t offset, const std::string& shape,
                          const std::string& strides) {
  return global("torch._utils", "_rebuild_tensor_v2") +
         tuple(stored + integer(offset) + shape + strides + "\x89" + ordered_dict()) + "R";
}

}  // namespace segfold::testing::pickle
