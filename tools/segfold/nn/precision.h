#pragma once

#include <string>

namespace segfold {

/// Arithmetic of a network's convolutions.
enum class Precision { kFp32, kBf16 };
enum class PrecisionChoice { kAuto, kFp32, kBf16 };

std::string precision_name(Precision precision);
/// @throws DataError for another word.
Precision precision_from_name(const std::string& name);

}  // namespace segfold
