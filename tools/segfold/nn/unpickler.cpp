#include "segfold/nn/unpickler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "segfold/nn/memory_budget.h"
#include "segfold/nn/pickle_operations.h"
#include "segfold/nn/tensor_checks.h"

namespace segfold {
namespace {

using Kind = PickleValue::Kind;
using Op = PickleOp;

// Ten times what the largest networks need.
constexpr std::size_t kMaxBytes = std::size_t{1} << 23;
constexpr std::size_t kMaxStack = std::size_t{1} << 16;
constexpr std::size_t kMaxMarks = 1024;
constexpr std::size_t kMaxIndex = (std::size_t{1} << 24) - 1;  // of PickleValue::at, beyond every byte of a pickle

constexpr std::uint64_t kMapNode = 64;             // of std::map, around what it holds
constexpr std::uint64_t kSmallFile = 48UL * 1024;  // added to the budget: what little files need of lists

constexpr std::string_view kOrderedDict = "collections OrderedDict";

PickleValue value_at(Kind kind, std::size_t at) { return {kind, static_cast<std::uint32_t>(at & kMaxIndex)}; }

}  // namespace

/// Pickle's stack machine, with limits.
class PickleMachine {
 public:
  PickleMachine(std::string_view bytes, std::span<const std::string_view> admitted, std::uint64_t file_bytes,
                const std::string& origin)
      : bytes_(bytes, origin),
        file_bytes_(file_bytes),
        budget_(2 * file_bytes + kSmallFile),
        pickle_(bytes, admitted) {}

  Pickle run() {
    if (bytes_.size() > kMaxBytes) {
      fail(fmt::format("has {} bytes, more than the {} that a state dict may have", bytes_.size(), kMaxBytes));
    }
    if (bytes_.read<Op>() != Op::kProto || bytes_.read<std::uint8_t>() != 2) {
      fail("is not of protocol 2, which torch.save writes unless told otherwise");
    }
    pickle_.tuples_.push_back(value_at(Kind::kNothing, 0));  // the one empty tuple, number 0
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
    pickle_.root_ = stack_.back();
    return std::move(pickle_);
  }

 private:
  static constexpr std::size_t kPageSlots = 64;
  using MemoPage = std::array<PickleValue, kPageSlots>;

  [[noreturn]] void fail(const std::string& what) const { bytes_.fail(what); }

  /// Before anything grows by so much.
  void charge(std::size_t bytes) {
    if (budget_.take(bytes)) return;
    fail(fmt::format("asks for lists of more than {} bytes, which a state dict in a file of {} does not need",
                     2 * file_bytes_ + kSmallFile, file_bytes_));
  }
  /// Makes room for more, doubling as std::vector does; what is moved from counts until it is free.
  void make_room(std::vector<PickleValue>& values, std::size_t more) {
    const std::size_t before = values.capacity();
    if (values.size() + more <= before) return;
    const std::size_t room = std::max(values.size() + more, 2 * before);
    charge(room * sizeof(PickleValue));
    values.reserve(room);
    budget_.give_back(before * sizeof(PickleValue));
  }

  void push(const PickleValue& value) {
    if (stack_.size() >= kMaxStack) fail("stacks up more values than any state dict");
    make_room(stack_, 1);
    stack_.push_back(value);
  }
  /// The stack below the last mark is out of reach.
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  /// The last values of the stack, which stay there.
  std::span<const PickleValue> topmost(std::size_t count) const {
    if (stack_.size() - floor() < count) fail("takes a value where there is none");
    return std::span(stack_).last(count);
  }
  void drop(std::size_t count) { stack_.resize(stack_.size() - count); }

  void push_mark() {
    if (marks_.size() >= kMaxMarks) fail("nests deeper than any state dict");
    marks_.push_back(static_cast<std::uint32_t>(stack_.size()));
  }
  /// Takes the last mark off. Returns how many values lie above it.
  std::size_t pop_mark() {
    if (marks_.empty()) fail("takes a mark where there is none");
    const std::size_t above = stack_.size() - marks_.back();
    marks_.pop_back();
    return above;
  }

  /// A tuple of the last values of the stack, which it takes off.
  PickleValue pop_tuple(Kind kind, std::size_t count) {
    const std::span<const PickleValue> items = topmost(count);
    if (count == 0) return value_at(kind, 0);
    auto& tuples = pickle_.tuples_;
    const std::size_t at = tuples.size();
    if (at + count > kMaxIndex) fail("holds more values than any state dict");
    charge((1 + count) * sizeof(PickleValue));
    tuples.push_back(value_at(Kind::kNothing, count));
    tuples.insert(tuples.end(), items.begin(), items.end());
    drop(count);
    return value_at(kind, at);
  }
  PickleValue new_list(Kind kind) {
    charge(sizeof(std::vector<PickleValue>));
    pickle_.lists_.emplace_back();
    return value_at(kind, pickle_.lists_.size() - 1);
  }
  /// Moves the last values of the stack into the list or dict below them.
  void extend(Kind kind, std::size_t count) {
    const PickleValue target = topmost(count + 1)[0];
    if (target.kind != kind) fail(fmt::format("puts items into {}", pickle_.kind_text(target)));
    if (kind == Kind::kDict && count % 2 != 0) fail("has a key without a value");
    const std::span<const PickleValue> items = topmost(count);
    auto& list = pickle_.lists_[target.at];
    make_room(list, count);
    list.insert(list.end(), items.begin(), items.end());
    drop(count);
  }

  /// The value that a self-contained operation pushes; nothing if `op` is none.
  std::optional<PickleValue> scalar(Op op) {
    const std::size_t at = bytes_.operation();
    switch (op) {
      case Op::kNone:
        return value_at(Kind::kNone, 0);
      case Op::kTrue:
      case Op::kFalse:
        return value_at(Kind::kBool, op == Op::kTrue ? 1 : 0);
      case Op::kInt4:
      case Op::kInt1:
      case Op::kInt2:
      case Op::kLong1:
        read_integer(op, bytes_);
        return value_at(Kind::kInteger, at);
      case Op::kFloat8:
        bytes_.take(8);
        return value_at(Kind::kFloat, 0);
      case Op::kText4:
        read_text(bytes_);
        return value_at(Kind::kText, at);
      default:
        return std::nullopt;
    }
  }

  /// The container that `op` makes of what it takes off the stack; nothing if it makes none.
  std::optional<PickleValue> container(Op op) {
    switch (op) {
      case Op::kEmptyTuple:
        return pop_tuple(Kind::kTuple, 0);
      case Op::kTuple:
        return pop_tuple(Kind::kTuple, pop_mark());
      case Op::kTuple1:
        return pop_tuple(Kind::kTuple, 1);
      case Op::kTuple2:
        return pop_tuple(Kind::kTuple, 2);
      case Op::kTuple3:
        return pop_tuple(Kind::kTuple, 3);
      case Op::kEmptyList:
        return new_list(Kind::kList);
      case Op::kEmptyDict:
        return new_list(Kind::kDict);
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
        return extend(Kind::kList, 1);
      case Op::kAppends:
        return extend(Kind::kList, pop_mark());
      case Op::kSetItem:
        return extend(Kind::kDict, 2);
      case Op::kSetItems:
        return extend(Kind::kDict, pop_mark());
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
    const std::string_view module = bytes_.read_line();
    const std::string_view name = bytes_.read_line();
    const auto found = std::ranges::find_if(pickle_.admitted_, [&](std::string_view admitted) {
      const std::size_t space = admitted.find(' ');
      return admitted.substr(0, space) == module && admitted.substr(space + 1) == name;
    });
    if (found == pickle_.admitted_.end()) {
      fail(
          fmt::format("names '{}.{}', which no state dict of plain tensors needs", printable(module), printable(name)));
    }
    push(value_at(Kind::kGlobal, static_cast<std::size_t>(found - pickle_.admitted_.begin())));
  }

  void call() {
    const std::span<const PickleValue> call = topmost(2);
    const PickleValue callable = call[0];
    const PickleValue arguments = call[1];
    if (callable.kind != Kind::kGlobal || arguments.kind != Kind::kTuple)
      fail(fmt::format("calls {}", pickle_.kind_text(callable)));
    if (pickle_.text(callable) != kOrderedDict) return push(pop_tuple(Kind::kCall, 2));
    if (arguments.at != 0) fail("makes an OrderedDict from something else than items");
    drop(2);
    push(new_list(Kind::kDict));
  }

  /// State of an object: of a dict it is the attribute _metadata (module versions), which weights do not need.
  void build() {
    const PickleValue target = topmost(2)[0];
    if (target.kind != Kind::kDict) fail(fmt::format("sets attributes of {}", pickle_.kind_text(target)));
    drop(1);
  }

  void refer() {
    const PickleValue name = topmost(1)[0];
    if (name.kind != Kind::kTuple) fail(fmt::format("refers to a storage by {}", pickle_.kind_text(name)));
    stack_.back() = value_at(Kind::kPersistent, name.at);
  }

  void put(std::size_t slot) {
    const PickleValue value = topmost(1)[0];
    const std::size_t page = slot / kPageSlots;
    if (!memo_.contains(page)) charge(sizeof(MemoPage) + kMapNode);
    memo_[page][slot % kPageSlots] = value;
  }
  void get(std::size_t slot) {
    const auto page = memo_.find(slot / kPageSlots);
    const PickleValue value = page == memo_.end() ? PickleValue() : page->second[slot % kPageSlots];
    if (value.kind == Kind::kNothing) fail("recalls a value that it never remembered");
    push(value);
  }

  PickleBytes bytes_;
  std::uint64_t file_bytes_;
  MemoryBudget budget_;
  Pickle pickle_;
  std::vector<PickleValue> stack_;
  std::vector<std::uint32_t> marks_;
  std::map<std::size_t, MemoPage> memo_;  // by slot / kPageSlots: slots follow one another, with gaps
};

Pickle unpickle(std::string_view bytes, std::span<const std::string_view> admitted, std::uint64_t file_bytes,
                const std::string& origin) {
  return PickleMachine(bytes, admitted, file_bytes, origin).run();
}

}  // namespace segfold
