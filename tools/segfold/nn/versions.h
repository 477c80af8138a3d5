#pragma once

#include <string>

namespace segfold {

/// Lines for --version: LibTorch and CUDA.
std::string torch_versions();

}  // namespace segfold
