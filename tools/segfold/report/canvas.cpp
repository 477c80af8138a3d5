#include "segfold/report/canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "segfold/base/error.h"
#include "segfold/base/utf8.h"
#include "segfold/image/codec.h"
#include "segfold/report/cairo_support.h"

namespace segfold {
namespace {

using cairo::ContextPointer;
using cairo::extent_of;
using cairo::make_context;
using cairo::make_surface;
using cairo::require_success;
using cairo::SurfacePointer;

constexpr int kMaxSurfaceSide = 32767;  // cairo's coordinates are 16.16 fixed-point numbers

void set_colour(cairo_t* context, Colour colour) {
  cairo_set_source_rgb(context, colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0);
}

void set_stroke(cairo_t* context, const Stroke& stroke) {
  set_colour(context, stroke.colour);
  cairo_set_line_width(context, stroke.width);
  cairo_set_dash(context, stroke.dash.data(), static_cast<int>(stroke.dash.size()), 0);
  cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(context, stroke.dash.empty() ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
}

/// Middle of the pixels that a line of this width covers, if it lay at `position`.
double snapped(double position, double width) {
  const double pixels = std::max(1.0, std::round(width * Canvas::kPixelsPerUnit));
  const double offset = std::fmod(pixels, 2) == 1 ? 0.5 : 0.0;
  return (std::round(position * Canvas::kPixelsPerUnit - offset) + offset) / Canvas::kPixelsPerUnit;
}

void polygon(cairo_t* context, Point centre, double radius, int corners, double turn) {
  for (int i = 0; i < corners; ++i) {
    const double angle = turn + 2 * std::numbers::pi * i / corners;
    cairo_line_to(context, centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle));
  }
  cairo_close_path(context);
  cairo_fill(context);
}

void crossing_lines(cairo_t* context, Point centre, double radius, double turn) {
  cairo_set_dash(context, nullptr, 0, 0);
  cairo_set_line_width(context, radius * 0.55);
  cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT);
  for (const double angle : {turn, turn + std::numbers::pi / 2}) {
    cairo_move_to(context, centre.x - radius * std::cos(angle), centre.y - radius * std::sin(angle));
    cairo_line_to(context, centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle));
  }
  cairo_stroke(context);
}

}  // namespace

struct Canvas::State {
  double width;
  double height;
  SurfacePointer surface;
  ContextPointer context;
  std::vector<Rectangle> text_boxes;
};

TextExtent measure_text(std::string_view text, const TextStyle& style) {
  const SurfacePointer surface = make_surface(1, 1);
  const ContextPointer context = make_context(surface.get());
  return extent_of(context.get(), printable_text(text), style);
}

std::string fit_text(std::string_view text, const TextStyle& style, double width) {
  const std::string whole = printable_text(text);
  const SurfacePointer surface = make_surface(1, 1);
  const ContextPointer context = make_context(surface.get());
  if (extent_of(context.get(), whole, style).width <= width) return whole;
  const std::vector<std::string> characters = split_characters(whole);
  const auto shortened = [&](std::size_t kept) {
    std::string result;
    for (std::size_t i = 0; i < kept - kept / 2; ++i) result += characters[i];
    result += "…";
    for (std::size_t i = characters.size() - kept / 2; i < characters.size(); ++i) result += characters[i];
    return result;
  };
  std::size_t fits = 0;
  std::size_t too_many = characters.size();
  while (too_many - fits > 1) {
    const std::size_t kept = fits + (too_many - fits) / 2;
    (extent_of(context.get(), shortened(kept), style).width <= width ? fits : too_many) = kept;
  }
  return shortened(fits);
}

Canvas::Canvas(double width, double height) {
  const double width_px = std::ceil(width * kPixelsPerUnit);
  const double height_px = std::ceil(height * kPixelsPerUnit);
  if (!(width_px >= 1 && height_px >= 1)) throw InternalError(fmt::format("a figure of {}x{} units", height, width));
  if (width_px > kMaxSurfaceSide || height_px > kMaxSurfaceSide ||
      width_px * height_px > static_cast<double>(kMaxPixels)) {
    throw UsageError(
        fmt::format("the figure would have {:.0f}x{:.0f} pixels; show fewer samples in it", height_px, width_px));
  }
  SurfacePointer surface = make_surface(static_cast<int>(width_px), static_cast<int>(height_px));
  ContextPointer context = make_context(surface.get());
  set_colour(context.get(), kWhite);
  cairo_paint(context.get());
  state_ = std::make_unique<State>(State{width, height, std::move(surface), std::move(context), {}});
}

Canvas::~Canvas() = default;
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;

double Canvas::width() const { return state_->width; }
double Canvas::height() const { return state_->height; }
const std::vector<Rectangle>& Canvas::text_boxes() const { return state_->text_boxes; }

void Canvas::fill(const Rectangle& area, Colour colour) {
  cairo_t* context = state_->context.get();
  set_colour(context, colour);
  cairo_rectangle(context, area.left, area.top, area.width, area.height);
  cairo_fill(context);
}

void Canvas::outline(const Rectangle& area, const Stroke& stroke) {
  line({area.left, area.top}, {area.right(), area.top}, stroke);
  line({area.right(), area.top}, {area.right(), area.bottom()}, stroke);
  line({area.right(), area.bottom()}, {area.left, area.bottom()}, stroke);
  line({area.left, area.bottom()}, {area.left, area.top}, stroke);
}

void Canvas::line(Point from, Point to, const Stroke& stroke) {
  cairo_t* context = state_->context.get();
  if (from.x == to.x) from.x = to.x = snapped(from.x, stroke.width);
  if (from.y == to.y) from.y = to.y = snapped(from.y, stroke.width);
  set_stroke(context, stroke);
  cairo_move_to(context, from.x, from.y);
  cairo_line_to(context, to.x, to.y);
  cairo_stroke(context);
}

void Canvas::curve(std::span<const Point> points, const Stroke& stroke) {
  if (points.size() < 2) return;
  cairo_t* context = state_->context.get();
  set_stroke(context, stroke);
  cairo_new_path(context);
  for (const Point& point : points) cairo_line_to(context, point.x, point.y);
  cairo_stroke(context);
}

void Canvas::marker(Point centre, Marker marker, double size, Colour colour) {
  cairo_t* context = state_->context.get();
  const double radius = size / 2;
  set_colour(context, colour);
  cairo_new_path(context);
  constexpr double kUp = -std::numbers::pi / 2;
  switch (marker) {
    case Marker::kNone:
      return;
    case Marker::kCircle:
      cairo_arc(context, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
      return cairo_fill(context);
    case Marker::kSquare:
      return polygon(context, centre, radius * 1.25, 4, std::numbers::pi / 4);
    case Marker::kTriangle:
      return polygon(context, centre, radius * 1.3, 3, kUp);
    case Marker::kDiamond:
      return polygon(context, centre, radius * 1.3, 4, kUp);
    case Marker::kTriangleDown:
      return polygon(context, centre, radius * 1.3, 3, -kUp);
    case Marker::kCross:
      return crossing_lines(context, centre, radius * 1.3, std::numbers::pi / 4);
    case Marker::kPlus:
      return crossing_lines(context, centre, radius * 1.3, 0);
  }
}

void Canvas::text(Point anchor, std::string_view text, const TextStyle& style, Align align) {
  cairo_t* context = state_->context.get();
  const std::string shown = printable_text(text);
  const TextExtent extent = extent_of(context, shown, style);
  const double shift = align == Align::kLeft ? 0 : align == Align::kCentre ? extent.width / 2 : extent.width;
  const double left = anchor.x - shift;
  set_colour(context, style.colour);
  cairo_move_to(context, left, anchor.y);
  cairo_show_text(context, shown.c_str());
  cairo_new_path(context);
  require_success(cairo_status(context));
  if (!shown.empty()) state_->text_boxes.push_back({left, anchor.y - extent.ascent, extent.width, extent.height()});
}

void Canvas::text_upwards(Point centre, std::string_view text, const TextStyle& style) {
  cairo_t* context = state_->context.get();
  const std::string shown = printable_text(text);
  const TextExtent extent = extent_of(context, shown, style);
  set_colour(context, style.colour);
  cairo_save(context);
  cairo_translate(context, centre.x, centre.y);
  cairo_rotate(context, -std::numbers::pi / 2);
  cairo_move_to(context, -extent.width / 2, (extent.ascent - extent.descent) / 2);
  cairo_show_text(context, shown.c_str());
  cairo_new_path(context);
  cairo_restore(context);
  require_success(cairo_status(context));
  if (!shown.empty()) {
    state_->text_boxes.push_back(
        {centre.x - extent.height() / 2, centre.y - extent.width / 2, extent.height(), extent.width});
  }
}

void Canvas::image(const Rectangle& area, const Image& picture, Scaling scaling) {
  const SurfacePointer source = cairo::surface_of(picture);
  cairo_t* context = state_->context.get();
  cairo_save(context);
  cairo_rectangle(context, area.left, area.top, area.width, area.height);
  cairo_clip(context);
  cairo_translate(context, area.left, area.top);
  cairo_scale(context, area.width / static_cast<double>(picture.size.width),
              area.height / static_cast<double>(picture.size.height));
  cairo_set_source_surface(context, source.get(), 0, 0);
  cairo_pattern_t* pattern = cairo_get_source(context);
  cairo_pattern_set_filter(pattern, scaling == Scaling::kNearest ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);  // no white seeps in at the edges
  cairo_paint(context);
  cairo_restore(context);
  require_success(cairo_status(context));
}

Image Canvas::picture() const {
  require_success(cairo_status(state_->context.get()));
  return cairo::picture_of(state_->surface.get());
}

Rectangle fit_inside(const Rectangle& box, Size picture) {
  const auto width = static_cast<double>(picture.width);
  const auto height = static_cast<double>(picture.height);
  const double scale = std::min(box.width / width, box.height / height);
  const Point centre = box.centre();
  return {centre.x - width * scale / 2, centre.y - height * scale / 2, width * scale, height * scale};
}

}  // namespace segfold
