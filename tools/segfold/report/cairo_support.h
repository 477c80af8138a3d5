#pragma once

#include <cairo.h>

#include <memory>
#include <string>

#include "segfold/report/canvas.h"

/// What canvas.cpp needs of cairo: owned handles, fonts, pictures in and out. Not for other files.
namespace segfold::cairo {

struct SurfaceDeleter {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using SurfacePointer = std::unique_ptr<cairo_surface_t, SurfaceDeleter>;

struct ContextDeleter {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using ContextPointer = std::unique_ptr<cairo_t, ContextDeleter>;

/// @throws std::bad_alloc if cairo ran out of memory, InternalError for every other failure.
void require_success(cairo_status_t status);

SurfacePointer make_surface(int width_px, int height_px);

/// A context that draws in units of Canvas and sets text as Canvas promises.
ContextPointer make_context(cairo_surface_t* surface);

void set_font(cairo_t* context, const TextStyle& style);
/// @param text  valid UTF-8
TextExtent extent_of(cairo_t* context, const std::string& text, const TextStyle& style);

/// A grey or RGB picture in cairo's form. @throws InternalError if it is empty or has other channels.
SurfacePointer surface_of(const Image& picture);
/// An RGB24 surface as a picture.
Image picture_of(cairo_surface_t* surface);

}  // namespace segfold::cairo
