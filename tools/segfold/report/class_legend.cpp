#include "segfold/report/class_legend.h"

#include <algorithm>
#include <cmath>

#include "segfold/report/panel.h"

namespace segfold {
namespace {

const TextStyle kLabel{11, Weight::kNormal, kInk};
constexpr double kSwatchWidth = 22;
constexpr double kSwatchHeight = 12;
constexpr double kLabelLeft = kSwatchWidth + 6;
constexpr double kColumnGap = 16;
constexpr double kLine = 19;
constexpr Colour kIgnoredColour{0, 0, 0};

struct Grid {
  std::size_t columns = 1;
  double column_width = 0;
};

/// As many equal columns as the longest name allows, but no more than even lines need.
Grid grid_of(double width, const std::vector<Swatch>& swatches) {
  double widest = 0;
  for (const Swatch& swatch : swatches) widest = std::max(widest, measure_text(swatch.label, kLabel).width);
  const double needed = kLabelLeft + widest + kColumnGap;
  const auto most = static_cast<std::size_t>(std::max(1.0, std::floor((width + kColumnGap) / needed)));
  const std::size_t lines = std::max<std::size_t>(1, (swatches.size() + most - 1) / most);
  const std::size_t columns = std::max<std::size_t>(1, (swatches.size() + lines - 1) / lines);
  return {columns, (width + kColumnGap) / static_cast<double>(columns)};
}

}  // namespace

void ClassPresence::add(const Image& train_ids) {
  for (const std::uint8_t id : train_ids.pixels) present_[id] = true;
}

std::vector<Swatch> class_swatches(const ClassPresence& presence, const std::vector<std::string>& classes) {
  std::vector<Swatch> swatches;
  const std::vector<Colour> colours = class_colours();
  for (std::size_t id = 0; id < std::min(classes.size(), colours.size()); ++id) {
    if (presence.has(static_cast<int>(id))) swatches.push_back({colours[id], classes[id]});
  }
  if (presence.has(kIgnore)) swatches.push_back({kIgnoredColour, "ignored"});
  return swatches;
}

double swatches_height(double width, const std::vector<Swatch>& swatches) {
  const std::size_t columns = grid_of(width, swatches).columns;
  const std::size_t rows = (swatches.size() + columns - 1) / columns;
  return kLine * static_cast<double>(rows);
}

double draw_swatches(Canvas& canvas, Point top_left, double width, const std::vector<Swatch>& swatches) {
  const Grid grid = grid_of(width, swatches);
  const TextExtent extent = measure_text("x", kLabel);
  for (std::size_t i = 0; i < swatches.size(); ++i) {
    const std::size_t row = i / grid.columns;
    const double left = std::round(top_left.x + static_cast<double>(i % grid.columns) * grid.column_width);
    const double top = std::round(top_left.y + static_cast<double>(row) * kLine);
    const double swatch_top = top + std::round((kLine - kSwatchHeight) / 2);
    canvas.fill({left, swatch_top, kSwatchWidth, kSwatchHeight}, swatches[i].colour);
    const double baseline = top + (kLine - extent.height()) / 2 + extent.ascent;
    const double room = grid.column_width - kLabelLeft - kColumnGap;
    canvas.text({left + kLabelLeft, baseline}, fit_text(swatches[i].label, kLabel, room + 0.5), kLabel);
  }
  return swatches_height(width, swatches);
}

}  // namespace segfold
