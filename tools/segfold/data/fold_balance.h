#pragma once

#include <string>
#include <vector>

#include "segfold/base/json.h"
#include "segfold/data/folds.h"

namespace segfold {

/// How even a partition is.
struct FoldBalance {
  std::vector<std::size_t> sizes;   ///< [k] samples
  std::vector<std::size_t> groups;  ///< [k] groups with a sample in the fold
  double largest_deviation = 0;  ///< most that a fold's share of a class's pixels differs from its share of the samples
  int fold = -1;                 ///< where that is; −1 if no class has a pixel
  int class_index = -1;
};

/// @param samples  all that the folds hold, in any order. @throws InternalError if one is in no fold.
FoldBalance balance_of(const Folds& folds, const std::vector<SplitSample>& samples);

/// {"sizes": […], "groups": […], "largest_class_share_deviation": 0.02, "class": "road", "fold": 1}
Json balance_to_json(const FoldBalance& balance, const std::vector<std::string>& classes);

}  // namespace segfold
