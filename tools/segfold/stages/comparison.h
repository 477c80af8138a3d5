#pragma once

#include <filesystem>
#include <vector>

#include "segfold/stages/experiment.h"

namespace segfold {

/// Writes one row per experiment, ranked by the last weights' mIoU on the official split. Where an experiment was
/// trained with several seeds, a fold's score is the mean over them.
/// @param json  may be empty: then only the table is written
/// @throws DataError unless the experiments may be ranked against each other (require_comparable).
void write_comparison(const std::filesystem::path& csv, const std::filesystem::path& json,
                      const std::vector<Experiment>& experiments);

}  // namespace segfold
