#pragma once

#include <filesystem>
#include <vector>

namespace segfold {

/// Refuses outputs that would replace what is read, or each other. Links and other spellings of a path count.
/// @throws UsageError naming the path.
void require_separate_files(const std::vector<std::filesystem::path>& inputs,
                            const std::vector<std::filesystem::path>& outputs);

}  // namespace segfold
