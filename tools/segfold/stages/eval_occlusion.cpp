#include "segfold/stages/eval_occlusion.h"

#include "segfold/base/log.h"
#include "segfold/base/text.h"
#include "segfold/score/truth_digest.h"

namespace segfold {

OcclusionCurve measure_occlusion(const LoadedNetwork& network, const ScoreHeading& heading, const ShardSet& shards,
                                 const std::vector<std::int64_t>& samples, EvaluationOptions options,
                                 const std::vector<double>& shares) {
  OcclusionCurve curve{heading, {}, {}, {}};
  for (const double share : shares) {
    options.occluded = share;
    const Evaluation result = evaluate(network.model(), network.device(), shards, samples, options);
    if (curve.levels.empty()) {
      curve.samples = truth_digest(result.per_image);
      curve.groups = scored_groups(result.per_image);
    }
    // With nothing covered every pixel is visible.
    const std::vector<ImageCounts>& visible = share > 0 ? result.visible : result.per_image;
    curve.levels.push_back({share, group_counts(result.per_image, curve.groups), group_counts(visible, curve.groups)});
    log_info("{:.0f} % occluded: mIoU {}", 100 * share, score_text(result.confusion.mean_iou()));
  }
  return curve;
}

}  // namespace segfold
