#pragma once

#include <string>
#include <vector>

#include "segfold/base/json.h"

namespace segfold {

/// A score as JSON; NaN becomes null.
Json number_or_null(double value);

/// The scores of classes by name. @param classes  at least as many as scores
Json scores_by_class(const std::vector<double>& scores, const std::vector<std::string>& classes);

}  // namespace segfold
