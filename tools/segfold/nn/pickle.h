#pragma once

#include <cstdint>
#include <deque>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segfold {

/// One value of a pickle: what it is and where it stands. Four bytes, as an operation of one byte can make one. Nothing
/// here is recursive, however deep a pickle nests.
struct PickleValue {
  enum class Kind : std::uint8_t {
    kNothing,  ///< no value
    kNone,
    kBool,        ///< at: 0 or 1
    kInteger,     ///< at: its operation in the pickle
    kFloat,       ///< the value itself is dropped: no state dict has one
    kText,        ///< at: its operation in the pickle
    kTuple,       ///< at: its length among the tuples, before its items
    kList,        ///< at: among the lists
    kDict,        ///< at: among the lists: key, value, key, value, …
    kGlobal,      ///< at: among those admitted
    kCall,        ///< at: of the tuple (global, arguments). Nothing is called: it is written down.
    kPersistent,  ///< at: of the tuple that names an object outside the pickle
  };
  Kind kind = Kind::kNothing;
  std::uint32_t at : 24 = 0;
};
static_assert(sizeof(PickleValue) == 4);

/// A pickle taken apart, as unpickle leaves it: values stay where they stand in its bytes.
class Pickle {
 public:
  using Tuple = std::ranges::subrange<std::deque<PickleValue>::const_iterator>;

  const PickleValue& root() const { return root_; }

  // Each for values of the kinds that it names.
  std::int64_t integer(PickleValue integer) const;
  std::string_view text(PickleValue text_or_global) const;  ///< a global's: "module name"
  Tuple tuple(PickleValue tuple_call_or_persistent) const;
  std::span<const PickleValue> list(PickleValue list_or_dict) const { return lists_[list_or_dict.at]; }

  /// "a number", "a dict", "os.system": what to call a value in an error message.
  std::string kind_text(PickleValue value) const;

 private:
  friend class PickleMachine;
  Pickle(std::string_view bytes, std::span<const std::string_view> admitted) : bytes_(bytes), admitted_(admitted) {}

  std::string_view bytes_;
  std::span<const std::string_view> admitted_;
  std::deque<PickleValue> tuples_;              // each one's length, then its items
  std::deque<std::vector<PickleValue>> lists_;  // and dicts
  PickleValue root_;
};

}  // namespace segfold
