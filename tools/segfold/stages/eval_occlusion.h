#pragma once

#include <vector>

#include "segfold/score/occlusion_curve.h"
#include "segfold/stages/loaded_network.h"
#include "segfold/train/evaluate.h"

namespace segfold {

/// Scores a model with growing shares of every photo covered, by the same masks for every model.
/// @param heading  of the curve  @param samples  of `shards`  @param options  of each evaluation; its `occluded` is set
/// here  @param shares  rising, [0, kMaxOccludedShare], two at least
OcclusionCurve measure_occlusion(const LoadedNetwork& network, const ScoreHeading& heading, const ShardSet& shards,
                                 const std::vector<std::int64_t>& samples, EvaluationOptions options,
                                 const std::vector<double>& shares);

}  // namespace segfold
