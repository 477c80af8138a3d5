#pragma once

#include <array>
#include <string>
#include <vector>

#include "segfold/report/canvas.h"

namespace segfold {

/// Which train ids occur in the maps that were added.
class ClassPresence {
 public:
  void add(const Image& train_ids);
  bool has(int train_id) const { return present_[static_cast<std::size_t>(train_id)]; }

 private:
  std::array<bool, 256> present_{};
};

/// A swatch with a name beside it.
struct Swatch {
  Colour colour;
  std::string label;
};

/// Swatches of the classes that occur, by train id, then of ignored pixels where there are some.
std::vector<Swatch> class_swatches(const ClassPresence& presence, const std::vector<std::string>& classes);

/// Draws swatches in columns of equal width. @return height that they take
double draw_swatches(Canvas& canvas, Point top_left, double width, const std::vector<Swatch>& swatches);
double swatches_height(double width, const std::vector<Swatch>& swatches);

}  // namespace segfold
