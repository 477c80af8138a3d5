#pragma once

#include <string>
#include <vector>

#include "segfold/report/canvas.h"
#include "segfold/report/plot.h"

/// The sheet on which a chart's plots stand in two columns, below a title and one legend for all of them. Units are the
/// canvas's.
namespace segfold::sheet {

inline constexpr double kWidth = 960;
inline constexpr double kMargin = 18;
inline constexpr double kInnerWidth = kWidth - 2 * kMargin;
inline constexpr double kColumnGap = 34;
inline constexpr double kColumnWidth = (kInnerWidth - kColumnGap) / 2;

/// Where title and legend end and the plots may begin. @param legend  may be empty
double header_bottom(const std::string& title, const std::vector<LegendEntry>& legend);

/// Draws them at the top; a title that is too long is shortened.
void draw_header(Canvas& canvas, const std::string& title, const std::vector<LegendEntry>& legend);

}  // namespace segfold::sheet
