#pragma once

#include <filesystem>
#include <vector>

namespace segfold {

/// What a tool does with its outputs before it begins: refuses those that would replace what is read, or each other
/// (links and other spellings of a path count), and those that cannot be made, lest that be noticed when all is
/// computed; removes what killed processes left of them. Empty paths are passed over.
/// @throws UsageError naming the path; as AtomicFile.
void prepare_outputs(const std::vector<std::filesystem::path>& inputs,
                     const std::vector<std::filesystem::path>& outputs);

}  // namespace segfold
