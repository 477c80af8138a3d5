#include <fmt/format.h>

#include <algorithm>

#include "segfold/base/outputs.h"
#include "segfold/base/version.h"
#include "segfold/report/figure.h"
#include "segfold/report/occlusion_chart.h"
#include "segfold/stages/occlusion_curves.h"
#include "segfold/stages/visualize.h"

namespace segfold {

void visualize_occlusion(const OcclusionFigureOptions& options) {
  options.check();
  prepare_outputs(options.curves, {options.output});
  const OcclusionCurves curves = read_occlusion_curves(options.curves);
  std::vector<OcclusionLine> lines;
  for (const ExperimentCurves& one : curves.experiments) {
    lines.push_back({one.name, curves.shares, occlusion_mious(one.runs, &OcclusionLevel::all),
                     occlusion_mious(one.runs, &OcclusionLevel::visible)});
  }
  Seal seal{"visualize", results_version("visualize"), {{"command", "occlusion"}}, {}, ""};
  seal.inputs["curves"] = curves.digest;
  const std::string title =
      fmt::format("mIoU under occlusion at {}", curves.experiments.front().runs.front().resolution);
  write_figure(options.output, draw_occlusion(layout_occlusion(title, lines)).picture(), std::move(seal));
}

}  // namespace segfold
