#include "segfold/report/panel.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "segfold/base/error.h"
#include "segfold/image/palette.h"
#include "segfold/report/class_legend.h"

namespace segfold {
namespace {

const TextStyle kTitle{15, Weight::kBold, kInk};
const TextStyle kHead{12, Weight::kNormal, kInk};
const TextStyle kName{12, Weight::kBold, kInk};
const TextStyle kCaption{11, Weight::kNormal, kInk};
constexpr double kMargin = 18;
constexpr double kGap = 8;              // between pictures
constexpr double kRowGap = 16;          // below a sample's pictures
constexpr double kLegendGap = 4;        // above the legend, besides the row's gap
constexpr double kLine = 21;            // of a line of text above pictures
constexpr double kBaseline = 14;        // of its text, from its top
constexpr double kContentWidth = 946;   // three columns and their gaps exactly
constexpr double kMaxCellHeight = 420;  // tall pictures become narrower instead
constexpr double kOverlayOpacity = 0.55;

/// Widths and heights are whole units, so that pictures start and end on whole pixels.
double cell_width(std::size_t columns) {
  return std::floor((kContentWidth - kGap * static_cast<double>(columns - 1)) / static_cast<double>(columns));
}

double cell_height(Size picture, double width) {
  const double height = width * static_cast<double>(picture.height) / static_cast<double>(picture.width);
  return std::clamp(std::round(height), 1.0, kMaxCellHeight);
}

/// Where a picture of this shape lies in its cell, on whole units.
Rectangle picture_area(const Rectangle& cell, Size picture) {
  if (cell.height < kMaxCellHeight) return cell;
  const Rectangle area = fit_inside(cell, picture);
  return {std::round(area.left), std::round(area.top), std::max(1.0, std::round(area.width)), std::round(area.height)};
}

double cell_left(std::size_t column, double width) { return kMargin + static_cast<double>(column) * (width + kGap); }

/// A line of text at `top`: `left_text` in one style and, to the right, `right_text` in another. The right one, the
/// score, is short and drawn whole; the left one gives way.
void draw_row_head(Canvas& canvas, double top, double width, const std::string& left_text,
                   const std::string& right_text) {
  const TextExtent extent = measure_text(right_text, kCaption);
  const double baseline = top + kBaseline;
  const std::string caption = fit_text(right_text, kCaption, width * 0.7);
  canvas.text({kMargin + width, baseline}, caption, kCaption, Align::kRight);
  const double room = width - std::min(extent.width, width * 0.7) - 12;
  canvas.text({kMargin, baseline}, fit_text(left_text, kName, room), kName);
}

void draw_labels(Canvas& canvas, const Rectangle& area, const Image& train_ids) {
  const std::vector<Colour> colours = class_colours();
  canvas.image(area, colour_labels(train_ids, colours), Scaling::kNearest);
}

/// Larger pictures are shrunk smoothly; pixels of small ones, 64×128 say, shall be seen as they are.
Scaling photo_scaling(const Image& photo, const Rectangle& area) {
  return static_cast<double>(photo.size.width) < area.width * Canvas::kPixelsPerUnit / 2 ? Scaling::kNearest
                                                                                         : Scaling::kSmooth;
}

void require_pictures(const Image& photo, const Image& labels, const std::string& name) {
  if (photo.size.area() < 1 || labels.size.area() < 1 || photo.channels != 3 || labels.channels != 1) {
    throw InternalError("the pictures of sample " + name + " are no RGB photo and map of train ids");
  }
}

std::uint8_t blend(std::uint8_t below, std::uint8_t above, double opacity) {
  return static_cast<std::uint8_t>(std::lround(below * (1 - opacity) + above * opacity));
}

double title_height() { return std::ceil(measure_text("x", kTitle).height()) + 8; }

/// A canvas of the standard width with its title on it, and room for the legend below `content_height`.
Canvas titled_canvas(const std::string& title, double content_height, const std::vector<Swatch>& swatches) {
  const double legend = kLegendGap + swatches_height(kContentWidth, swatches);
  Canvas canvas(kContentWidth + 2 * kMargin, kMargin + title_height() + content_height + legend + kMargin);
  const double baseline = kMargin + measure_text(title, kTitle).ascent;
  canvas.text({kMargin, baseline}, fit_text(title, kTitle, kContentWidth), kTitle);
  return canvas;
}

void draw_prediction_row(Canvas& canvas, double top, const Rectangle& first_cell, const PanelRow& row) {
  draw_row_head(canvas, top, kContentWidth, row.name, row.caption);
  Rectangle cell = first_cell;
  const auto next_area = [&] {
    // All three take the truth's shape: a photo of another shape would not lie under its labels.
    const Rectangle area = picture_area(cell, row.truth.size);
    cell.left += cell.width + kGap;
    return area;
  };
  const Rectangle photo_area = next_area();
  canvas.image(photo_area, row.photo, photo_scaling(row.photo, photo_area));
  draw_labels(canvas, next_area(), row.truth);
  draw_labels(canvas, next_area(), row.prediction);
}

/// Caption, photo and overlay below each other. @param cell  of the photo
void draw_view(Canvas& canvas, const Rectangle& cell, const SampleView& view) {
  canvas.text({cell.left, cell.top - kLine + kBaseline}, fit_text(view.caption, kCaption, cell.width), kCaption);
  Rectangle area = picture_area(cell, view.photo.size);
  canvas.image(area, view.photo, photo_scaling(view.photo, area));
  area.top += cell.height + kGap;
  const Image overlay = overlay_labels(view.photo, view.labels, kOverlayOpacity);
  canvas.image(area, overlay, photo_scaling(overlay, area));
}

}  // namespace

std::vector<Colour> class_colours() {
  std::vector<Colour> colours;
  for (int id = 0; id < kClasses; ++id) colours.push_back(label_of_train_id(id).colour);
  return colours;
}

Image overlay_labels(const Image& photo, const Image& labels, double opacity) {
  const Image colours = colour_labels(labels, class_colours());
  if (photo.size != labels.size || photo.channels != 3) {
    throw InternalError("photo and labels of an overlay differ in size");
  }
  Image result = photo;
  for (std::size_t i = 0; i < result.pixels.size(); ++i) {
    result.pixels[i] = blend(photo.pixels[i], colours.pixels[i], opacity);
  }
  return result;
}

Canvas draw_predictions(const std::string& title, const std::vector<PanelRow>& rows,
                        const std::vector<std::string>& classes) {
  constexpr std::array kHeads{"photo", "truth", "prediction"};
  const double width = cell_width(kHeads.size());
  ClassPresence presence;
  double height = kLine;
  for (const PanelRow& row : rows) {
    require_pictures(row.photo, row.truth, row.name);
    require_pictures(row.photo, row.prediction, row.name);
    presence.add(row.truth);
    presence.add(row.prediction);
    height += kLine + cell_height(row.truth.size, width) + kRowGap;
  }
  const std::vector<Swatch> swatches = class_swatches(presence, classes);
  Canvas canvas = titled_canvas(title, height, swatches);
  double top = kMargin + title_height();
  for (std::size_t column = 0; column < kHeads.size(); ++column) {
    canvas.text({cell_left(column, width) + width / 2, top + kBaseline}, kHeads[column], kHead, Align::kCentre);
  }
  top += kLine;
  for (const PanelRow& row : rows) {
    const Rectangle cell{kMargin, top + kLine, width, cell_height(row.truth.size, width)};
    draw_prediction_row(canvas, top, cell, row);
    top = cell.bottom() + kRowGap;
  }
  draw_swatches(canvas, {kMargin, top + kLegendGap}, kContentWidth, swatches);
  return canvas;
}

Canvas draw_samples(const std::string& title, const std::vector<SampleRow>& rows,
                    const std::vector<std::string>& classes) {
  std::size_t columns = 1;
  ClassPresence presence;
  for (const SampleRow& row : rows) {
    if (row.views.empty()) throw InternalError("sample " + row.name + " has no pictures");
    columns = std::max(columns, row.views.size());
    for (const SampleView& view : row.views) {
      require_pictures(view.photo, view.labels, row.name);
      presence.add(view.labels);
    }
  }
  const double width = cell_width(columns);
  const auto photo_height = [&](const SampleRow& row) { return cell_height(row.views.front().photo.size, width); };
  double height = 0;
  for (const SampleRow& row : rows) height += 2 * kLine + 2 * photo_height(row) + kGap + kRowGap;
  const std::vector<Swatch> swatches = class_swatches(presence, classes);
  Canvas canvas = titled_canvas(title, height, swatches);
  double top = kMargin + title_height();
  for (const SampleRow& row : rows) {
    draw_row_head(canvas, top, kContentWidth, row.name, "");
    top += 2 * kLine;
    for (std::size_t column = 0; column < row.views.size(); ++column) {
      draw_view(canvas, {cell_left(column, width), top, width, photo_height(row)}, row.views[column]);
    }
    top += 2 * photo_height(row) + kGap + kRowGap;
  }
  draw_swatches(canvas, {kMargin, top + kLegendGap}, kContentWidth, swatches);
  return canvas;
}

}  // namespace segfold
