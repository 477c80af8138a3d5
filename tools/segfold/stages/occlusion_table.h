#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace segfold {

/// Writes occlusion_curve.csv: of every experiment a row for all pixels and one for the visible ones, with the mIoU at
/// each share (mean over its trainings), the area under that curve (its mean height), the area's 95 % interval by group
/// of images (bootstrap), and what it is more than the baseline's, with the interval of that difference.
/// Experiments stand in the order in which they were first given.
/// @param curves  occlusion.json of every fold (and seed) of the experiments
/// @param baseline  "": the experiment of the first curve
/// @throws as read_occlusion_curves;
///         UsageError if no experiment is called `baseline`.
void write_occlusion_table(const std::filesystem::path& path, const std::vector<std::filesystem::path>& curves,
                           const std::string& baseline, int resamples);

}  // namespace segfold
