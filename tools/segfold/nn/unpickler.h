#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segfold {

/// One value of a pickle. Containers are held apart, by index, so that nothing here is recursive however deep it nests.
struct PickleValue {
  enum class Kind : std::uint8_t {
    kNone,
    kBool,        ///< number
    kInteger,     ///< number
    kFloat,       ///< the value itself is dropped: no state dict has one
    kText,        ///< text, as its bytes stand in the pickle
    kTuple,       ///< items
    kList,        ///< items
    kDict,        ///< items: key, value, key, value, …
    kGlobal,      ///< text: "module name"
    kCall,        ///< text: the global called; items: its arguments. Nothing is called: it is written down.
    kPersistent,  ///< items: of the tuple that names an object outside the pickle
  };
  Kind kind = Kind::kNone;
  std::int64_t number = 0;
  std::string_view text;
};

/// "a number", "a dict", "os.system": what to call a value in an error message.
std::string kind_text(const PickleValue& value);

/// A pickle of protocol 2 (torch.save's) taken apart. No global is ever looked up, nothing is built, called or
/// imported. The bytes must outlive it. Memory is bounded by constants (some 64 MB at worst), not by what the pickle
/// asks for.
class Pickle {
 public:
  /// @param admitted  the globals ("module name") that may stand in it.
  /// @throws DataError naming `origin`, the byte and the remedy for anything else than a data structure over them.
  Pickle(std::string_view bytes, std::span<const std::string_view> admitted, const std::string& origin);

  const PickleValue& root() const { return root_; }
  std::span<const PickleValue> items(const PickleValue& container) const {
    return containers_[static_cast<std::size_t>(container.number)];
  }

 private:
  friend class PickleMachine;
  std::vector<std::vector<PickleValue>> containers_;
  PickleValue root_;
};

}  // namespace segfold
