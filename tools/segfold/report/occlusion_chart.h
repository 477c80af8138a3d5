#pragma once

#include <string>
#include <vector>

#include "segfold/report/canvas.h"
#include "segfold/report/plot.h"

namespace segfold {

/// One experiment's scores under growing occlusion.
struct OcclusionLine {
  std::string label;
  std::vector<double> occluded;  ///< shares of the photo, rising
  std::vector<double> all;       ///< mIoU over all labelled pixels, at each share
  std::vector<double> visible;   ///< mIoU over those that are not covered
};

/// Two plots beside each other and where their frames lie.
struct OcclusionChart {
  std::string title;
  std::vector<LegendEntry> lines;
  Plot all, visible;
  Rectangle all_frame, visible_frame;
  double width = 0;
  double height = 0;
};

/// Lays out mIoU over the occluded share, all pixels on the left, visible ones on the right, with equal axes.
/// @param lines  not empty
OcclusionChart layout_occlusion(const std::string& title, const std::vector<OcclusionLine>& lines);

/// The figure `occlusion_curve`.
Canvas draw_occlusion(const OcclusionChart& chart);

}  // namespace segfold
