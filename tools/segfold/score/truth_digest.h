#pragma once

#include <string>
#include <vector>

#include "segfold/score/metrics.h"

namespace segfold {

/// SHA-256 of what images are whoever predicts them: name, group and true pixels by class of each, in whatever order
/// they stand. Scores of two models are of the same samples where it is equal; their photos may be of other sizes.
std::string truth_digest(const std::vector<ImageCounts>& images);

}  // namespace segfold
