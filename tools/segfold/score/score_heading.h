#pragma once

#include <optional>
#include <string>
#include <vector>

#include "segfold/base/json.h"
#include "segfold/score/counts_reader.h"

namespace segfold {

/// What scores are of: the keys with which metrics.json and occlusion.json begin.
struct ScoreHeading {
  std::string experiment;
  std::optional<int> fold;  ///< absent where the model was trained on every sample
  std::string split;        ///< "held-out" (the fold's own samples) or "all" (every sample of the shards)
  std::string resolution;   ///< label grid on which pixels were compared, "HxW"
  std::vector<std::string> classes;
};

/// A document of that format which holds the heading and nothing else so far.
Json score_heading_to_json(const std::string& format, const ScoreHeading& heading);

/// @throws DataError naming file and key where a value cannot be, such as an empty or repeating list of classes.
ScoreHeading read_score_heading(const Json& document, const CountsReader& reader);

}  // namespace segfold
