#pragma once

#include <optional>
#include <string>
#include <vector>

#include "segfold/base/json.h"
#include "segfold/score/counts_reader.h"
#include "segfold/score/fine_scores.h"

namespace segfold {

/// Adds "boundary" and "object_size" to an image's entry in metrics.json; the keys are documented in metrics.h.
void add_fine_counts(Json& image, const FineCounts& counts);
/// Adds the scores of all images to the document, and to its "methods" how they are made.
void add_fine_scores(Json& document, const FineScores& scores, const std::vector<std::string>& classes);

/// Reads the counts of an image's entry; none if it has neither key.
/// @param all  the image's pixels by class, with which the counts must agree  @param place  what the entry is, for
/// errors
/// @throws DataError naming file, image and class.
std::optional<FineCounts> read_fine_counts(const Json& image, const OverlapCounts& all, const std::string& place,
                                           const CountsReader& reader);
/// @throws DataError unless the document's counts were taken with this version's tolerance and limits of size.
void check_fine_settings(const Json& document, const CountsReader& reader);

}  // namespace segfold
