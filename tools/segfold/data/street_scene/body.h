#pragma once

#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// Sticks drawings onto the sides of a vehicle. Drawings of front and rear have x = 0 in the middle; those of the
/// flanks have x = distance from the vehicle's front, whichever flank is seen.
class Body {
 public:
  Body(Model& model, const Camera& camera, const Pose& pose, int label)
      : model_(model), camera_(camera), pose_(pose), label_(label), instance_(model.next_instance(label)) {}

  /// Upright drawings at `ahead` metres before the vehicle's middle.
  void front(double ahead, double width, double height, const Figure& figure);
  void rear(double ahead, double width, double height, const Figure& figure);
  /// The same drawing on both flanks, `half_width` from the middle; it starts at `ahead` and runs backwards.
  void flanks(double half_width, double ahead, double length, double height, const Figure& figure);
  /// A flat top from `behind` to `ahead`.
  void top(double y, double behind, double ahead, double width, Rgb colour);
  /// A pane that leans: its lower edge at (y0, ahead0), its upper one at (y1, ahead1).
  void slope_front(double y0, double ahead0, double y1, double ahead1, double width, const Figure& figure);
  void slope_rear(double y0, double ahead0, double y1, double ahead1, double width, const Figure& figure);

 private:
  void face(Vec3 origin, Vec3 u, Vec3 v, double u_size, double v_size, Shader shader);

  Model& model_;
  const Camera& camera_;
  Pose pose_;
  int label_;
  int instance_;
};

/// A wheel on a flank drawing.
void add_side_wheel(Figure& figure, double from_front, double radius);
/// The tyres below a front or rear drawing.
void add_end_wheels(Figure& figure, double width, double height);

}  // namespace segfold::street
