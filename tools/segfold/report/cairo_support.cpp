#include "segfold/report/cairo_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "segfold/base/error.h"

namespace segfold::cairo {
namespace {

/// Whatever the desktop's settings say, glyphs are grey and unhinted: equal pixels and widths that scale.
void set_font_options(cairo_t* context) {
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(context, options);
  cairo_font_options_destroy(options);
}

}  // namespace

void require_success(cairo_status_t status) {
  if (status == CAIRO_STATUS_NO_MEMORY) throw std::bad_alloc();
  if (status != CAIRO_STATUS_SUCCESS)
    throw InternalError(fmt::format("drawing failed: {}", cairo_status_to_string(status)));
}

SurfacePointer make_surface(int width_px, int height_px) {
  SurfacePointer surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px));
  require_success(cairo_surface_status(surface.get()));
  return surface;
}

ContextPointer make_context(cairo_surface_t* surface) {
  ContextPointer context(cairo_create(surface));
  require_success(cairo_status(context.get()));
  set_font_options(context.get());
  cairo_scale(context.get(), Canvas::kPixelsPerUnit, Canvas::kPixelsPerUnit);
  return context;
}

void set_font(cairo_t* context, const TextStyle& style) {
  cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         style.weight == Weight::kBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context, style.size);
}

TextExtent extent_of(cairo_t* context, const std::string& text, const TextStyle& style) {
  set_font(context, style);
  cairo_text_extents_t extents;
  cairo_font_extents_t font;
  cairo_text_extents(context, text.c_str(), &extents);
  cairo_font_extents(context, &font);
  require_success(cairo_status(context));
  return {std::max(extents.x_advance, extents.x_bearing + extents.width), font.ascent, font.descent};
}

/// The picture in cairo's form: one 32-bit word 0x00RRGGBB per pixel.
SurfacePointer surface_of(const Image& picture) {
  if (picture.size.area() == 0 || (picture.channels != 1 && picture.channels != 3)) {
    throw InternalError(
        fmt::format("cannot draw a picture of {} with {} channels", to_string(picture.size), picture.channels));
  }
  SurfacePointer surface = make_surface(static_cast<int>(picture.size.width), static_cast<int>(picture.size.height));
  unsigned char* bytes = cairo_image_surface_get_data(surface.get());
  const std::ptrdiff_t stride = cairo_image_surface_get_stride(surface.get());
  const int green = picture.channels == 3 ? 1 : 0;
  const int blue = picture.channels == 3 ? 2 : 0;
  for (std::int64_t y = 0; y < picture.size.height; ++y) {
    auto* words = reinterpret_cast<std::uint32_t*>(bytes + y * stride);
    const std::uint8_t* pixel = picture.row(y);
    for (std::int64_t x = 0; x < picture.size.width; ++x, pixel += picture.channels) {
      words[x] = (std::uint32_t{pixel[0]} << 16) | (std::uint32_t{pixel[green]} << 8) | std::uint32_t{pixel[blue]};
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

Image picture_of(cairo_surface_t* surface) {
  cairo_surface_flush(surface);
  Image result(Size{cairo_image_surface_get_height(surface), cairo_image_surface_get_width(surface)}, 3);
  const unsigned char* bytes = cairo_image_surface_get_data(surface);
  const std::ptrdiff_t stride = cairo_image_surface_get_stride(surface);
  for (std::int64_t y = 0; y < result.size.height; ++y) {
    const auto* words = reinterpret_cast<const std::uint32_t*>(bytes + y * stride);
    std::uint8_t* pixel = result.row(y);
    for (std::int64_t x = 0; x < result.size.width; ++x, pixel += 3) {
      pixel[0] = static_cast<std::uint8_t>(words[x] >> 16);
      pixel[1] = static_cast<std::uint8_t>(words[x] >> 8);
      pixel[2] = static_cast<std::uint8_t>(words[x]);
    }
  }
  return result;
}

}  // namespace segfold::cairo
