#pragma once

#include <filesystem>

#include "segfold/base/seal.h"
#include "segfold/stages/comparison.h"

namespace segfold {

/// The table, one row per experiment (CSV): scores, interval, difference to the baseline, IoU per class. A field is
/// empty where there is no figure; `note` says why.
std::string comparison_table(const Comparison& comparison);

/// Everything there is ("segfold.comparison/1"), with how each figure was made; null where there is none.
Json comparison_document(const Comparison& comparison);

/// Writes both, sealed. @param json  may be empty: then only the table is written
void write_comparison(const std::filesystem::path& csv, const std::filesystem::path& json, const Comparison& comparison,
                      const Seal& seal);

}  // namespace segfold
