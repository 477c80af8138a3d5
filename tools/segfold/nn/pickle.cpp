#include "segfold/nn/pickle.h"

#include <algorithm>

#include "segfold/nn/pickle_operations.h"

namespace segfold {
namespace {

const std::string kReadBefore;  // no error can name it: unpickle has read these bytes

}  // namespace

std::int64_t Pickle::integer(PickleValue integer) const {
  PickleBytes bytes(bytes_.substr(integer.at), kReadBefore);
  const auto op = bytes.read<PickleOp>();
  return read_integer(op, bytes);
}

std::string_view Pickle::text(PickleValue text_or_global) const {
  if (text_or_global.kind == PickleValue::Kind::kGlobal) return admitted_[text_or_global.at];
  PickleBytes bytes(bytes_.substr(text_or_global.at), kReadBefore);
  bytes.read<PickleOp>();
  return read_text(bytes);
}

Pickle::Tuple Pickle::tuple(PickleValue tuple_call_or_persistent) const {
  const auto length = tuples_.begin() + tuple_call_or_persistent.at;
  return {length + 1, length + 1 + length->at};
}

std::string Pickle::kind_text(PickleValue value) const {
  switch (value.kind) {
    case PickleValue::Kind::kNothing:
    case PickleValue::Kind::kNone:
      return "None";
    case PickleValue::Kind::kBool:
      return "a truth value";
    case PickleValue::Kind::kInteger:
    case PickleValue::Kind::kFloat:
      return "a number";
    case PickleValue::Kind::kText:
      return "a text";
    case PickleValue::Kind::kTuple:
      return "a tuple";
    case PickleValue::Kind::kList:
      return "a list";
    case PickleValue::Kind::kDict:
      return "a dict";
    case PickleValue::Kind::kPersistent:
      return "a storage";
    case PickleValue::Kind::kCall:
      return kind_text(tuple(value)[0]);
    case PickleValue::Kind::kGlobal:
      break;
  }
  std::string name(text(value));  // "module name" as Python writes it: module.name
  std::ranges::replace(name, ' ', '.');
  return name;
}

}  // namespace segfold
