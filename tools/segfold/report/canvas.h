#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/data/labels.h"
#include "segfold/image/image.h"

namespace segfold {

/// A place on a canvas in units (see Canvas), x to the right, y downwards.
struct Point {
  double x = 0;
  double y = 0;
};

struct Rectangle {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;

  double right() const { return left + width; }
  double bottom() const { return top + height; }
  Point centre() const { return {left + width / 2, top + height / 2}; }
};

enum class Align { kLeft, kCentre, kRight };
enum class Weight { kNormal, kBold };
enum class Scaling { kNearest, kSmooth };
enum class Marker { kNone, kCircle, kSquare, kTriangle, kDiamond, kTriangleDown, kCross, kPlus };

inline constexpr Colour kWhite{255, 255, 255};
inline constexpr Colour kInk{34, 34, 34};  ///< of text and axes: black, a little softer

struct TextStyle {
  double size = 11;  ///< units; an x-height is about half of it
  Weight weight = Weight::kNormal;
  Colour colour = kInk;
};

struct Stroke {
  Colour colour = kInk;
  double width = 1;          ///< units
  std::vector<double> dash;  ///< lengths on, off, … in units; empty = solid
};

struct TextExtent {
  double width = 0;    ///< units
  double ascent = 0;   ///< above the baseline, of the font
  double descent = 0;  ///< below the baseline, of the font
  double height() const { return ascent + descent; }
};

/// Space that `text` takes when drawn in `style`.
TextExtent measure_text(std::string_view text, const TextStyle& style);

/// `text`, shortened by an ellipsis in its middle (names differ at both ends) where it is wider than `width` units.
std::string fit_text(std::string_view text, const TextStyle& style, double width);

/// A white drawing surface measured in units of 1/96 inch, kPixelsPerUnit pixels each, so that figures are sharp on
/// dense screens and in print. Font: DejaVu Sans, unhinted, so that equal calls give equal pixels.
/// Text is UTF-8; what is not, and control characters, are drawn as U+FFFD.
class Canvas {
 public:
  static constexpr int kPixelsPerUnit = 2;

  /// @throws UsageError if the picture would have more than kMaxPixels pixels or a side over 32767.
  Canvas(double width, double height);
  ~Canvas();
  Canvas(Canvas&&) noexcept;
  Canvas& operator=(Canvas&&) noexcept;

  double width() const;
  double height() const;

  void fill(const Rectangle& area, Colour colour);
  void outline(const Rectangle& area, const Stroke& stroke);
  /// A straight line; horizontal and vertical ones are moved to the nearest pixels so that they are sharp.
  void line(Point from, Point to, const Stroke& stroke);
  /// Points joined by straight lines.
  void curve(std::span<const Point> points, const Stroke& stroke);
  /// @param size  diameter in units
  void marker(Point centre, Marker marker, double size, Colour colour);

  /// @param anchor  where the baseline's left end, middle or right end lies, as `align` says
  void text(Point anchor, std::string_view text, const TextStyle& style, Align align = Align::kLeft);
  /// Text that reads upwards, its middle at `centre`.
  void text_upwards(Point centre, std::string_view text, const TextStyle& style);

  /// A picture, RGB or grey, stretched over `area`.
  void image(const Rectangle& area, const Image& picture, Scaling scaling);

  /// Boxes of all text drawn so far, so that a test can tell that nothing is clipped or overlaps.
  const std::vector<Rectangle>& text_boxes() const;

  /// What was drawn, RGB.
  Image picture() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Where something of the size `picture` lies when it is made as large as `box` allows, its shape kept, centred.
Rectangle fit_inside(const Rectangle& box, Size picture);

}  // namespace segfold
