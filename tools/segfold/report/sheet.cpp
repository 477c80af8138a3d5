#include "segfold/report/sheet.h"

namespace segfold::sheet {
namespace {

const TextStyle kTitle{15, Weight::kBold, kInk};
constexpr double kTitleGap = 8;
constexpr double kLegendGap = 12;

double legend_top(const std::string& title) { return kMargin + measure_text(title, kTitle).height() + kTitleGap; }

}  // namespace

double header_bottom(const std::string& title, const std::vector<LegendEntry>& legend) {
  return legend_top(title) + (legend.empty() ? 0 : legend_height(legend, kInnerWidth) + kLegendGap);
}

void draw_header(Canvas& canvas, const std::string& title, const std::vector<LegendEntry>& legend) {
  canvas.text({kMargin, kMargin + measure_text(title, kTitle).ascent}, fit_text(title, kTitle, kInnerWidth), kTitle);
  draw_legend(canvas, {kMargin, legend_top(title)}, kInnerWidth, legend);
}

}  // namespace segfold::sheet
