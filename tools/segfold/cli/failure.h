#pragma once

#include <exception>

#include "segfold/base/error.h"

namespace segfold::cli {

/// What a user is told of an exception that left a tool, typed or not: LibTorch, oneDNN and the standard library report
/// want of memory and threads as plain errors, known by their texts.
Error failure_of(const std::exception& exception);

}  // namespace segfold::cli
