#include "segfold/nn/precision.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {

std::string precision_name(Precision precision) { return precision == Precision::kBf16 ? "bf16" : "fp32"; }

Precision precision_from_name(const std::string& name) {
  if (name == "fp32") return Precision::kFp32;
  if (name == "bf16") return Precision::kBf16;
  throw DataError(fmt::format("unknown precision '{}'; known are fp32 and bf16", name));
}

}  // namespace segfold
