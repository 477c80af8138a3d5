#include "segfold/nn/unpickler.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "segfold/nn/pickle_bytes.h"
#include "segfold/nn/tensor_checks.h"

namespace segfold {
namespace {

using Kind = PickleValue::Kind;

// Ten times what the largest networks need; a state dict takes about 22 values and 5 containers per tensor.
constexpr std::size_t kMaxBytes = std::size_t{1} << 23;
constexpr std::size_t kMaxStack = std::size_t{1} << 16;
constexpr std::size_t kMaxMarks = 1024;
constexpr std::size_t kMaxMemo = std::size_t{1} << 18;
constexpr std::size_t kMaxContainers = std::size_t{1} << 18;
constexpr std::size_t kMaxValues = std::size_t{1} << 20;

constexpr std::string_view kOrderedDict = "collections OrderedDict";

/// The operations of protocol 2 that data structures need (Python's Lib/pickle.py documents them).
enum class Op : unsigned char {
  kProto = 0x80,
  kStop = '.',
  kMark = '(',
  kNone = 'N',
  kTrue = 0x88,
  kFalse = 0x89,
  kInt4 = 'J',
  kInt1 = 'K',
  kInt2 = 'M',
  kLong1 = 0x8a,
  kFloat8 = 'G',
  kText4 = 'X',
  kEmptyTuple = ')',
  kTuple = 't',
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kEmptyList = ']',
  kAppend = 'a',
  kAppends = 'e',
  kEmptyDict = '}',
  kSetItem = 's',
  kSetItems = 'u',
  kGlobal = 'c',
  kReduce = 'R',
  kBuild = 'b',
  kPersistent = 'Q',
  kPut1 = 'q',
  kPut4 = 'r',
  kGet1 = 'h',
  kGet4 = 'j',
};

}  // namespace

/// Pickle's stack machine, with limits.
class PickleMachine {
 public:
  PickleMachine(std::string_view bytes, std::span<const std::string_view> admitted, const std::string& origin,
                Pickle& pickle)
      : bytes_(bytes, origin), admitted_(admitted), containers_(pickle.containers_) {}

  PickleValue run() {
    if (bytes_.size() > kMaxBytes) {
      fail(fmt::format("has {} bytes, more than the {} that a state dict may have", bytes_.size(), kMaxBytes));
    }
    if (bytes_.read<Op>() != Op::kProto || bytes_.read<std::uint8_t>() != 2) {
      fail("is not of protocol 2, which torch.save writes unless told otherwise");
    }
    containers_.emplace_back();  // the one empty tuple, number 0
    for (;;) {
      bytes_.mark_operation();
      const Op op = bytes_.read<Op>();
      if (op == Op::kStop) break;
      if (const auto plain = scalar(op)) {
        push(*plain);
      } else if (const auto made = container(op)) {
        push(*made);
      } else {
        run_other(op);
      }
    }
    if (stack_.size() != 1 || !marks_.empty() || !bytes_.at_end()) fail("does not end where it should");
    return stack_.back();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { bytes_.fail(what); }

  void push(const PickleValue& value) {
    if (stack_.size() >= kMaxStack) fail("stacks up more values than any state dict");
    stack_.push_back(value);
  }
  PickleValue& top() {
    if (stack_.size() <= floor()) fail("takes a value where there is none");
    return stack_.back();
  }
  PickleValue pop() {
    const PickleValue value = top();
    stack_.pop_back();
    return value;
  }
  /// The stack below the last mark is out of reach.
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  void push_mark() {
    if (marks_.size() >= kMaxMarks) fail("nests deeper than any state dict");
    marks_.push_back(stack_.size());
  }
  /// Takes off the values above the last mark, and the mark.
  std::vector<PickleValue> pop_to_mark() {
    if (marks_.empty()) fail("takes a mark where there is none");
    std::vector<PickleValue> values = pop_many(stack_.size() - marks_.back());
    marks_.pop_back();
    return values;
  }
  std::vector<PickleValue> pop_many(std::size_t count) {
    if (stack_.size() - floor() < count) fail("takes a value where there is none");
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<PickleValue> values(first, stack_.end());
    stack_.erase(first, stack_.end());
    return values;
  }

  void count_values(std::size_t more) {
    values_ += more;
    if (values_ > kMaxValues) fail("holds more values than any state dict");
  }
  PickleValue new_container(Kind kind, std::vector<PickleValue> items) {
    if (kind == Kind::kTuple && items.empty()) return {Kind::kTuple, 0, {}};
    if (containers_.size() >= kMaxContainers) fail("holds more containers than any state dict");
    count_values(items.size());
    containers_.push_back(std::move(items));
    return {kind, static_cast<std::int64_t>(containers_.size() - 1), {}};
  }
  void extend(Kind kind, const std::vector<PickleValue>& more) {
    const PickleValue& target = top();
    if (target.kind != kind) fail(fmt::format("puts items into {}", kind_text(target)));
    if (kind == Kind::kDict && more.size() % 2 != 0) fail("has a key without a value");
    count_values(more.size());
    auto& items = containers_[static_cast<std::size_t>(target.number)];
    items.insert(items.end(), more.begin(), more.end());
  }

  /// The value that a self-contained operation pushes; nothing if `op` is none.
  std::optional<PickleValue> scalar(Op op) {
    switch (op) {
      case Op::kNone:
        return PickleValue{};
      case Op::kTrue:
        return PickleValue{Kind::kBool, 1, {}};
      case Op::kFalse:
        return PickleValue{Kind::kBool, 0, {}};
      case Op::kInt4:
        return integer(bytes_.read<std::int32_t>());
      case Op::kInt1:
        return integer(bytes_.read<std::uint8_t>());
      case Op::kInt2:
        return integer(bytes_.read<std::uint16_t>());
      case Op::kLong1:
        return integer(bytes_.read_long());
      case Op::kFloat8:
        bytes_.take(8);
        return PickleValue{Kind::kFloat, 0, {}};
      case Op::kText4:
        return PickleValue{Kind::kText, 0, bytes_.take(bytes_.read<std::uint32_t>())};
      default:
        return std::nullopt;
    }
  }
  static PickleValue integer(std::int64_t value) { return {Kind::kInteger, value, {}}; }

  /// The container that `op` makes of what it takes off the stack; nothing if it makes none.
  std::optional<PickleValue> container(Op op) {
    switch (op) {
      case Op::kEmptyTuple:
        return new_container(Kind::kTuple, {});
      case Op::kTuple:
        return new_container(Kind::kTuple, pop_to_mark());
      case Op::kTuple1:
        return new_container(Kind::kTuple, pop_many(1));
      case Op::kTuple2:
        return new_container(Kind::kTuple, pop_many(2));
      case Op::kTuple3:
        return new_container(Kind::kTuple, pop_many(3));
      case Op::kEmptyList:
        return new_container(Kind::kList, {});
      case Op::kEmptyDict:
        return new_container(Kind::kDict, {});
      default:
        return std::nullopt;
    }
  }

  /// The other operations. @throws DataError if `op` is none of them.
  void run_other(Op op) {
    switch (op) {
      case Op::kMark:
        return push_mark();
      case Op::kAppend:
        return extend(Kind::kList, pop_many(1));
      case Op::kAppends:
        return extend(Kind::kList, pop_to_mark());
      case Op::kSetItem:
        return extend(Kind::kDict, pop_many(2));
      case Op::kSetItems:
        return extend(Kind::kDict, pop_to_mark());
      case Op::kGlobal:
        return push_global();
      case Op::kReduce:
        return call();
      case Op::kBuild:
        return build();
      case Op::kPersistent:
        return refer();
      case Op::kPut1:
        return put(bytes_.read<std::uint8_t>());
      case Op::kPut4:
        return put(bytes_.read<std::uint32_t>());
      case Op::kGet1:
        return get(bytes_.read<std::uint8_t>());
      case Op::kGet4:
        return get(bytes_.read<std::uint32_t>());
      default:
        fail(fmt::format("has the operation 0x{:02x}, which no state dict needs", static_cast<unsigned>(op)));
    }
  }

  void push_global() {
    const std::string module(bytes_.read_line());
    const std::string name = module + ' ' + std::string(bytes_.read_line());
    const auto found = std::ranges::find(admitted_, std::string_view(name));
    if (found == admitted_.end()) {
      fail(fmt::format("names '{}', which no state dict of plain tensors needs",
                       printable(kind_text({Kind::kGlobal, 0, name}))));
    }
    push({Kind::kGlobal, 0, *found});
  }

  void call() {
    const PickleValue arguments = pop();
    const PickleValue callable = pop();
    if (callable.kind != Kind::kGlobal || arguments.kind != Kind::kTuple)
      fail(fmt::format("calls {}", kind_text(callable)));
    if (callable.text != kOrderedDict) return push({Kind::kCall, arguments.number, callable.text});
    if (arguments.number != 0) fail("makes an OrderedDict from something else than items");
    push(new_container(Kind::kDict, {}));
  }

  /// State of an object: of a dict it is the attribute _metadata (module versions), which weights do not need.
  void build() {
    pop();
    if (top().kind != Kind::kDict) fail(fmt::format("sets attributes of {}", kind_text(top())));
  }

  void refer() {
    const PickleValue name = pop();
    if (name.kind != Kind::kTuple) fail(fmt::format("refers to a storage by {}", kind_text(name)));
    push({Kind::kPersistent, name.number, {}});
  }

  void put(std::size_t slot) {
    if (slot >= kMaxMemo) fail("remembers more values than any state dict");
    memo_[slot] = top();
  }
  void get(std::size_t slot) {
    const auto found = memo_.find(slot);
    if (found == memo_.end()) fail("recalls a value that it never remembered");
    push(found->second);
  }

  PickleBytes bytes_;
  std::span<const std::string_view> admitted_;
  std::vector<std::vector<PickleValue>>& containers_;
  std::vector<PickleValue> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::size_t, PickleValue> memo_;  // by slot: no number in the file says how large it becomes
  std::size_t values_ = 0;
};

Pickle::Pickle(std::string_view bytes, std::span<const std::string_view> admitted, const std::string& origin)
    : root_(PickleMachine(bytes, admitted, origin, *this).run()) {}

std::string kind_text(const PickleValue& value) {
  switch (value.kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return "a truth value";
    case Kind::kInteger:
    case Kind::kFloat:
      return "a number";
    case Kind::kText:
      return "a text";
    case Kind::kTuple:
      return "a tuple";
    case Kind::kList:
      return "a list";
    case Kind::kDict:
      return "a dict";
    case Kind::kPersistent:
      return "a storage";
    case Kind::kGlobal:
    case Kind::kCall:
      break;
  }
  std::string name(value.text);  // "module name" as Python writes it: module.name
  std::ranges::replace(name, ' ', '.');
  return name;
}

}  // namespace segfold
