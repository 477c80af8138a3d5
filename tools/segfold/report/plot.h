#pragma once

#include <string>
#include <vector>

#include "segfold/report/axis.h"
#include "segfold/report/canvas.h"

namespace segfold {

/// The colour-blind-safe palette of Okabe and Ito ("Color Universal Design", 2008).
namespace okabe_ito {
inline constexpr Colour kBlue{0, 114, 178};
inline constexpr Colour kVermillion{213, 94, 0};
inline constexpr Colour kBluishGreen{0, 158, 115};
inline constexpr Colour kOrange{230, 159, 0};
inline constexpr Colour kSkyBlue{86, 180, 233};
inline constexpr Colour kReddishPurple{204, 121, 167};
inline constexpr Colour kBlack{0, 0, 0};
}  // namespace okabe_ito

/// How a curve looks, and so its sample in a legend.
struct Look {
  Stroke stroke;
  Marker marker = Marker::kNone;
  double marker_size = 5;  ///< units
  int marker_every = 1;    ///< a marker on every n-th point, so that long curves stay curves
  int marker_first = 0;    ///< … from this one on
};

/// Values joined by straight lines. @param points  x and y in the axes' own numbers; not finite = not measured, skipped
struct Series {
  std::vector<Point> points;
  Look look;
};

struct LegendEntry {
  Look look;
  std::string label;
};

/// One pair of axes and what is drawn between them.
struct Plot {
  std::string title;
  Axis x;
  Axis y;
  bool show_x_labels = true;     ///< off where a plot below has the same axis
  double least_left_margin = 0;  ///< so that the labels of plots above each other stand in one line
  double least_top_margin = 0;   ///< so that the titles of plots beside each other do
  std::vector<LegendEntry> legend;
  std::vector<Series> series;
};

/// Where the axes' numbers lie on the canvas when their frame is `frame`.
Point plot_point(const Plot& plot, const Rectangle& frame, Point value);

/// Space that numbers and axis labels take around the frame, and title and legend above it.
double left_margin(const Plot& plot);
double bottom_margin(const Plot& plot);
double top_margin(const Plot& plot, double frame_width);

/// Draws the plot; all but the data lies in the margins around `frame`, so nothing ever covers the data.
void draw_plot(Canvas& canvas, const Rectangle& frame, const Plot& plot);

/// A legend's entries side by side in as many lines as `width` asks for. @return its height
double draw_legend(Canvas& canvas, Point top_left, double width, const std::vector<LegendEntry>& entries);
double legend_height(const std::vector<LegendEntry>& entries, double width);

}  // namespace segfold
