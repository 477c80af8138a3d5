#include "segfold/data/street_scene/vehicles.h"

#include <cmath>

#include "segfold/data/street_scene/body.h"
#include "segfold/data/street_scene/draw.h"
#include "segfold/data/street_scene/vehicle_colours.h"

namespace segfold::street {
namespace {

/// Measures of a car's shape, metres.
struct CarShape {
  double length, width, height;
  double belt;         ///< height of the windows' lower edge
  double bonnet;       ///< from the front to the windscreen's foot
  double windscreen;   ///< how far its top lies behind its foot
  double boot;         ///< from the rear window's foot to the rear
  double rear_window;  ///< how far its top lies before its foot
};

CarShape draw_car_shape(RandomStream& random) {
  const CarShape shapes[] = {{4.2, 1.78, 1.48, 0.92, 1.05, 0.75, 0.1, 0.45},    // hatchback
                             {4.6, 1.82, 1.45, 0.93, 1.15, 0.8, 0.65, 0.6},     // saloon
                             {4.6, 1.82, 1.5, 0.93, 1.1, 0.8, 0.06, 0.35},      // estate
                             {4.5, 1.9, 1.72, 1.05, 1.0, 0.6, 0.08, 0.3},       // off-roader
                             {4.9, 1.95, 1.98, 1.12, 0.75, 0.65, 0.04, 0.12}};  // van
  CarShape shape = shapes[random.below(std::size(shapes))];
  const double scale = random.uniform(0.96, 1.05);
  shape.length *= scale;
  shape.height *= scale;
  return shape;
}

Figure car_flank(const CarShape& s, Rgb paint) {
  Figure figure;
  figure.box(0.02, 0.24, s.length - 0.02, 0.42, kRubber);
  figure.box(0, 0.3, s.length, s.belt - 0.12, paint);
  figure.trapezoid(s.belt - 0.12, 0, s.length, s.belt, s.bonnet, s.length, paint);
  figure.box(0.35, 0.56, s.length - 0.3, 0.6, 0.8 * paint);
  const double door = s.bonnet + 0.35;
  for (double x = door; x < s.length - 0.9; x += 1.05) figure.box(x, 0.36, x + 0.03, s.belt, 0.65 * paint);
  figure.box(0.08, 0.62, 0.3, 0.76, kHeadLight).box(s.length - 0.25, 0.64, s.length - 0.06, 0.84, kTailLight);
  add_side_wheel(figure, 0.82, 0.33);
  add_side_wheel(figure, s.length - 0.82, 0.33);
  return figure;
}

Figure car_cabin_flank(const CarShape& s, Rgb paint, Rgb glass) {
  const double foot0 = s.bonnet, foot1 = s.length - s.boot;
  const double top0 = s.bonnet + s.windscreen, top1 = s.length - s.boot - s.rear_window;
  Figure figure;
  figure.trapezoid(s.belt, foot0, foot1, s.height, top0, top1, paint);
  figure.trapezoid(s.belt + 0.03, foot0 + 0.16, foot1 - 0.14, s.height - 0.09, top0 + 0.08, top1 - 0.08, glass);
  const double middle = (top0 + top1) / 2;
  figure.box(middle - 0.05, s.belt, middle + 0.05, s.height - 0.05, 0.6 * paint);
  return figure;
}

Figure car_rear(const CarShape& s, Rgb paint) {
  const double half = s.width / 2;
  Figure figure;
  add_end_wheels(figure, s.width, 0.4);
  figure.box(-half + 0.02, 0.24, half - 0.02, 0.46, kRubber).box(-half, 0.36, half, s.belt, paint);
  figure.box(-half + 0.03, 0.62, -half + 0.36, 0.84, kTailLight).box(half - 0.36, 0.62, half - 0.03, 0.84, kTailLight);
  figure.box(-0.27, 0.52, 0.27, 0.65, kPlate).box(-half + 0.05, 0.48, half - 0.05, 0.5, 0.6 * paint);
  return figure;
}

Figure car_front(const CarShape& s, Rgb paint) {
  const double half = s.width / 2;
  Figure figure;
  add_end_wheels(figure, s.width, 0.4);
  figure.box(-half + 0.02, 0.22, half - 0.02, 0.44, kRubber).box(-half, 0.36, half, s.belt - 0.12, paint);
  figure.box(-0.5, 0.54, 0.5, 0.74, {0.12F, 0.12F, 0.13F}).box(-0.27, 0.42, 0.27, 0.53, kPlate);
  figure.ellipse(-half + 0.24, 0.68, 0.2, 0.1, kHeadLight).ellipse(half - 0.24, 0.68, 0.2, 0.1, kHeadLight);
  return figure;
}

Figure pane(double width, double rise, Rgb paint, Rgb glass) {
  const double half = width / 2;
  Figure figure;
  figure.box(-half, 0, half, rise, paint);
  figure.trapezoid(0.04, -half + 0.09, half - 0.09, rise - 0.06, -half + 0.18, half - 0.18, glass);
  figure.trapezoid(0.05, -half + 0.3, -half + 0.6, rise - 0.08, -half + 0.55, -half + 0.85,
                   1.6 * glass);  // a reflection
  return figure;
}

}  // namespace

Rgb draw_car_paint(RandomStream& random) {
  const Rgb choices[] = {{0.08F, 0.08F, 0.09F}, {0.84F, 0.84F, 0.84F}, {0.6F, 0.61F, 0.63F},  {0.36F, 0.37F, 0.39F},
                         {0.6F, 0.1F, 0.1F},    {0.13F, 0.22F, 0.45F}, {0.16F, 0.32F, 0.22F}, {0.7F, 0.62F, 0.48F},
                         {0.8F, 0.58F, 0.1F},   {0.3F, 0.46F, 0.58F}};
  return draw_colour(choices, 0.85, 1.15, random);
}

void add_car(Model& model, const Camera& camera, const Pose& pose, RandomStream& random) {
  const CarShape s = draw_car_shape(random);
  const Rgb paint = draw_car_paint(random);
  const Rgb glass = draw_glass(random);
  const double half = s.length / 2;
  const double cabin_width = s.width - 0.16;
  Body body(model, camera, pose, kCar);
  body.flanks(s.width / 2, half, s.length, s.belt, car_flank(s, paint));
  body.flanks(cabin_width / 2, half, s.length, s.height, car_cabin_flank(s, paint, glass));
  body.rear(-half, s.width, s.belt, car_rear(s, paint));
  body.front(half, s.width, s.belt, car_front(s, paint));
  const double rear_foot = -half + s.boot;
  const double front_foot = half - s.bonnet;
  body.top(s.belt - 0.01, -half, front_foot, s.width, 1.05 * paint);
  body.slope_front(s.belt - 0.13, half, s.belt + 0.02, front_foot, s.width, Figure().box(-1, 0, 1, 2, paint));
  const double pane_rear = std::hypot(s.height - s.belt, s.rear_window);
  const double pane_front = std::hypot(s.height - s.belt, s.windscreen);
  body.slope_rear(s.belt, rear_foot, s.height, rear_foot + s.rear_window, cabin_width,
                  pane(cabin_width, pane_rear, paint, glass));
  body.slope_front(s.belt, front_foot, s.height, front_foot - s.windscreen, cabin_width,
                   pane(cabin_width, pane_front, paint, glass));
  body.top(s.height, rear_foot + s.rear_window, front_foot - s.windscreen, cabin_width, 1.05 * paint);
  model.add_shadow(pose, s.length, s.width / 2, s.height);
}

void add_caravan(Model& model, const Camera& camera, const Pose& pose, RandomStream& random) {
  constexpr double kLength = 4.6, kWidth = 2.2, kHigh = 2.5, w = kWidth / 2;
  const Rgb paint = random.uniform(0.85, 1.05) * Rgb{0.9F, 0.89F, 0.84F};
  const Rgb stripe = draw_livery(random);
  Body body(model, camera, pose, kCaravan);
  Figure flank;
  flank.trapezoid(0.4, 0.1, kLength - 0.1, kHigh, 0.35, kLength - 0.3, paint)
      .box(0.2, 1.05, kLength - 0.2, 1.2, stripe);
  flank.box(0.8, 1.4, 1.7, 2.0, kRubber).box(2.9, 1.4, 3.8, 2.0, kRubber);
  add_side_wheel(flank, 2.4, 0.34);
  body.flanks(w, kLength / 2, kLength, kHigh, flank);
  Figure end;
  end.box(-w, 0.4, w, kHigh, paint).box(-0.75, 1.35, 0.75, 2.05, kRubber).box(-w, 1.05, w, 1.2, stripe);
  end.box(-w + 0.1, 0.5, -w + 0.35, 0.75, kTailLight).box(w - 0.35, 0.5, w - 0.1, 0.75, kTailLight);
  body.front(kLength / 2, kWidth, kHigh, end);
  body.rear(-kLength / 2, kWidth, kHigh, end);
  model.add_shadow(pose, kLength, w, kHigh);
}

}  // namespace segfold::street
