#pragma once

#include <cstdint>

#include "segfold/nn/pickle_bytes.h"

namespace segfold {

/// The operations of pickle's protocol 2 that data structures need (Python's Lib/pickle.py documents them).
enum class PickleOp : unsigned char {
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

/// The number behind an operation kInt1, kInt2, kInt4 or kLong1.
inline std::int64_t read_integer(PickleOp op, PickleBytes& bytes) {
  if (op == PickleOp::kInt1) return bytes.read<std::uint8_t>();
  if (op == PickleOp::kInt2) return bytes.read<std::uint16_t>();
  if (op == PickleOp::kInt4) return bytes.read<std::int32_t>();
  return bytes.read_long();
}

/// The text behind an operation kText4.
inline std::string_view read_text(PickleBytes& bytes) { return bytes.take(bytes.read<std::uint32_t>()); }

}  // namespace segfold
