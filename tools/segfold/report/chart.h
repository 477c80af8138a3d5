#pragma once

#include <string>
#include <vector>

#include "segfold/data/history.h"
#include "segfold/report/canvas.h"
#include "segfold/report/plot.h"

namespace segfold {

/// One training as a chart shows it.
struct HistoryRun {
  std::string label;             ///< tells runs of one chart apart, e.g. "fold 0"
  std::vector<HistoryRow> rows;  ///< may be empty; NaN and infinite values are skipped
};

/// The plots of a training history and where their frames lie.
struct HistoryChart {
  struct Part {
    Plot plot;
    Rectangle frame;  ///< of the axes
  };
  std::string title;
  std::vector<LegendEntry> runs;  ///< empty where there is but one
  Part losses, learning_rate, scores;
  double width = 0;
  double height = 0;
};

/// Lays out losses, learning rate and both mIoUs over epochs. Colour says what was measured on (training samples,
/// held-out fold, official validation split); dashes and markers say which run.
HistoryChart layout_history(const std::string& title, const std::vector<HistoryRun>& runs);

/// The figure `training_history`.
Canvas draw_history(const HistoryChart& chart);

}  // namespace segfold
