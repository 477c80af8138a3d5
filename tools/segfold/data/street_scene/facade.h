#pragma once

#include "segfold/data/street_scene/layout.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// How a building looks: colour and texture of its walls, the grid of its windows, its ground floor and its roof.
struct Facade {
  enum class Material { kPlaster, kBrick, kPanels };

  Material material = Material::kPlaster;
  Rgb wall;
  Rgb trim;  ///< frames, ledges
  Rgb glass;
  Rgb awning;
  Rgb roof;
  double height = 9;
  double storey = 3;
  double bay = 3;  ///< from window to window
  double window_width = 1.3;
  double window_height = 1.6;
  bool shops = false;  ///< large panes on the ground floor
  std::uint32_t seed = 0;

  bool front(double u, double v, double footprint, Fragment& fragment) const;
  /// The end wall of a house `depth` deep whose roof rises `rise` above the walls.
  Shader gable_shader(double depth, double rise) const;
  Shader roof_shader() const;

 private:
  Rgb masonry(double u, double v, double footprint) const;
  void window(double u, double v, double width, double height, std::int64_t column, std::int64_t row,
              Fragment& fragment) const;
};

Rgb draw_facade_colour(RandomStream& random);
Facade draw_facade(double height, Style style, RandomStream& random);

/// Plain masonry with a coping, as high as the patch.
Shader wall_shader(double height, RandomStream& random);

/// Bars, mesh or boards between posts: one sees through, but the label is whole.
Shader fence_shader(double height, RandomStream& random);

}  // namespace segfold::street
