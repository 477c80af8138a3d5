#include "segfold/data/street_scene/vehicles.h"

#include <algorithm>
#include <cmath>

#include "segfold/data/street_scene/body.h"
#include "segfold/data/street_scene/draw.h"

namespace segfold::street {
namespace {

constexpr Rgb kRubber{0.1F, 0.1F, 0.11F};
constexpr Rgb kTailLight{0.8F, 0.07F, 0.06F};
constexpr Rgb kHeadLight{0.96F, 0.96F, 0.92F};
constexpr Rgb kPlate{0.9F, 0.9F, 0.86F};

Rgb draw_glass(RandomStream& random) { return random.uniform(0.7, 1.3) * Rgb{0.15F, 0.18F, 0.21F}; }

/// Strong colours of firms and towns.
Rgb draw_livery(RandomStream& random) {
  const Rgb choices[] = {{0.72F, 0.13F, 0.13F}, {0.14F, 0.3F, 0.58F}, {0.16F, 0.45F, 0.27F},
                         {0.88F, 0.66F, 0.12F}, {0.8F, 0.42F, 0.12F}, {0.42F, 0.18F, 0.4F}};
  return draw_colour(choices, 0.85, 1.1, random);
}

Rgb draw_tarpaulin(RandomStream& random) {
  const Rgb choices[] = {
      {0.82F, 0.82F, 0.8F}, {0.6F, 0.61F, 0.62F}, {0.2F, 0.42F, 0.3F}, {0.18F, 0.3F, 0.52F}, {0.84F, 0.66F, 0.2F}};
  return draw_colour(choices, 0.85, 1.1, random);
}

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

void add_truck(Model& model, const Camera& camera, const Pose& pose, RandomStream& random) {
  const double cargo = random.uniform(4.6, 7.5);
  const double cab = 2.1;
  const double gap = 0.35;
  const double length = cab + gap + cargo;
  const double high = random.uniform(3.3, 3.9);
  const double cab_high = random.uniform(2.6, 3.0);
  constexpr double kWidth = 2.5;
  const Rgb paint = draw_livery(random);
  const Rgb glass = draw_glass(random);
  const Rgb tarp = draw_tarpaulin(random);
  const std::uint32_t seed = random.next();
  const double half = length / 2;
  Body body(model, camera, pose, kTruck);

  Figure box;  // of the cargo: ribs, no windows
  const double start = cab + gap;
  box.box(start, 0.55, length, 0.95, kRubber).box(start, 0.95, length, high, tarp).mottle(0.12, 1.2, seed);
  for (double x = start; x < length - 0.1; x += 0.8) box.box(x, 0.98, x + 0.1, high, 0.72 * tarp);
  box.box(start, high - 0.14, length, high, 0.65 * tarp).box(start, 0.92, length, 1.06, 0.55 * tarp);
  box.box(cab, 0.5, start, 0.9, kRubber);
  for (const double x : {1.15, length - 2.3, length - 1.1}) add_side_wheel(box, x, 0.5);
  body.flanks(kWidth / 2, half, length, high, box);

  Figure side;  // of the cab
  side.box(0.02, 0.42, cab, 0.9, kRubber).trapezoid(0.8, 0, cab, cab_high, 0.25, cab, paint);
  side.trapezoid(1.6, 0.3, 1.35, cab_high - 0.25, 0.42, 1.3, glass).box(1.45, 0.9, 1.5, cab_high - 0.2, 0.6 * paint);
  add_side_wheel(side, 1.15, 0.5);
  body.flanks(kWidth / 2 - 0.02, half, cab, cab_high, side);

  const double w = kWidth / 2;
  Figure front;
  add_end_wheels(front, kWidth, 0.6);
  front.box(-w + 0.02, 0.4, w - 0.02, 0.95, kRubber)
      .box(-w, 0.85, w, cab_high, paint)
      .box(-w + 0.12, 1.55, w - 0.12, cab_high - 0.25, glass);
  front.box(-0.75, 0.95, 0.75, 1.4, 0.4 * paint)
      .box(-w + 0.1, 0.6, -w + 0.5, 0.8, kHeadLight)
      .box(w - 0.5, 0.6, w - 0.1, 0.8, kHeadLight);
  front.box(-w + 0.15, cab_high - 0.2, w - 0.15, cab_high - 0.08, 0.5 * paint);
  body.front(half, kWidth, cab_high, front);
  Figure bulkhead;
  bulkhead.box(-w, 0.95, w, high, 0.95 * tarp).box(-w, high - 0.14, w, high, 0.65 * tarp);
  body.front(half - start, kWidth, high, bulkhead);

  Figure rear;  // doors with bars, an underrun guard in red and white
  add_end_wheels(rear, kWidth, 0.9);
  rear.box(-w + 0.05, 0.5, w - 0.05, 0.75, kPlate).box(-w, 0.9, w, high, tarp).mottle(0.1, 0.8, seed + 1);
  for (int i = 0; i < 4; ++i) rear.box(-w + 0.08 + 0.65 * i, 0.5, -w + 0.4 + 0.65 * i, 0.75, kTailLight);
  rear.box(-0.04, 0.95, 0.04, high, 0.45 * tarp)
      .box(-w, high - 0.12, w, high, 0.5 * tarp)
      .box(-w, 0.9, w, 1.0, 0.4 * tarp);
  for (const double x : {-0.85, -0.45, 0.45, 0.85}) rear.box(x - 0.04, 1.0, x + 0.04, high - 0.15, 0.7 * tarp);
  rear.box(-w, 0.9, -w + 0.1, high, 0.55 * tarp).box(w - 0.1, 0.9, w, high, 0.55 * tarp);
  body.rear(-half, kWidth, high, rear);
  model.add_shadow(pose, length, kWidth / 2, high);
}

void add_bus(Model& model, const Camera& camera, const Pose& pose, RandomStream& random) {
  const double length = random.uniform(9, 12);
  const double high = random.uniform(2.95, 3.25);
  constexpr double kWidth = 2.55;
  const double w = kWidth / 2;
  const double half = length / 2;
  const Rgb paint = draw_livery(random);
  const Rgb band = mix(paint, Rgb{0.95F, 0.95F, 0.93F}, 0.8);
  const Rgb glass = draw_glass(random);
  Body body(model, camera, pose, kBus);

  Figure flank;  // a row of large windows over a light band
  flank.box(0.02, 0.28, length - 0.02, 0.5, kRubber).box(0, 0.38, length, high, paint).box(0, 1.0, length, 1.25, band);
  flank.box(0.25, 1.4, length - 0.3, 2.5, glass);
  for (double x = 1.5; x < length - 0.8; x += 1.35) flank.box(x, 1.4, x + 0.16, 2.5, paint);
  for (const double x : {0.35, length * 0.5})
    flank.box(x, 0.42, x + 1.1, 2.5, 0.8 * glass).box(x + 0.52, 0.42, x + 0.58, 2.5, paint);
  add_side_wheel(flank, 2.4, 0.5);
  add_side_wheel(flank, length - 2.8, 0.5);
  body.flanks(w, half, length, high, flank);

  Figure front;
  add_end_wheels(front, kWidth, 0.5);
  front.box(-w, 0.32, w, high, paint)
      .box(-w + 0.1, 1.1, w - 0.1, 2.5, glass)
      .trapezoid(1.15, -0.7, -0.3, 2.45, -0.3, 0.1, 1.7 * glass);
  front.box(-w + 0.2, 2.6, w - 0.2, 2.92, kRubber).box(-0.6, 2.67, 0.6, 2.85, {1.0F, 0.68F, 0.1F}).glow();
  front.box(-w, 0.85, w, 1.02, band)
      .ellipse(-w + 0.35, 0.62, 0.2, 0.13, kHeadLight)
      .ellipse(w - 0.35, 0.62, 0.2, 0.13, kHeadLight);
  body.front(half, kWidth, high, front);

  Figure rear;
  add_end_wheels(rear, kWidth, 0.5);
  rear.box(-w, 0.32, w, high, paint).box(-w + 0.25, 1.65, w - 0.25, 2.55, glass).box(-w, 1.3, w, 1.52, band);
  rear.box(-0.8, 0.6, 0.8, 1.15, 0.35 * paint)
      .box(-w + 0.06, 0.7, -w + 0.3, 1.25, kTailLight)
      .box(w - 0.3, 0.7, w - 0.06, 1.25, kTailLight);
  rear.box(-0.27, 0.42, 0.27, 0.55, kPlate).box(-0.45, 2.68, 0.45, 2.9, {1.0F, 0.68F, 0.1F}).glow();
  body.rear(-half, kWidth, high, rear);
  model.add_shadow(pose, length, w, high);
}

void add_train(Model& model, const Camera& camera, const Pose& pose, RandomStream& random) {
  const int cars = 2 + static_cast<int>(random.below(2));
  constexpr double kCar = 8.5;
  const double length = cars * kCar;
  const double high = random.uniform(3.3, 3.6);
  constexpr double kWidth = 2.45;
  const double w = kWidth / 2;
  const double half = length / 2;
  const Rgb lower = draw_livery(random);
  const Rgb upper = random.uniform(0.85, 1.05) * Rgb{0.9F, 0.88F, 0.8F};
  const Rgb glass = draw_glass(random);
  const Rgb gear{0.3F, 0.3F, 0.32F};
  Body body(model, camera, pose, kTrain);

  Figure flank;  // skirts down to the rails, two colours, an unbroken dark band, bellows between the cars
  flank.box(0, 0.12, length, high - 0.35, upper).box(0, 0.12, length, 0.9, lower).box(0, 1.35, length, 2.5, glass);
  flank.box(0, 0.9, length, 1.0, gear).box(0, 2.72, length, 2.86, lower);
  for (double x = 0.6; x < length - 1; x += 2.4)
    flank.box(x + 1.0, 0.3, x + 1.9, 2.55, mix(glass, lower, 0.35)).box(x + 1.43, 0.3, x + 1.47, 2.55, upper);
  for (int i = 1; i < cars; ++i) flank.box(i * kCar - 0.3, 0.2, i * kCar + 0.3, high - 0.4, {0.2F, 0.2F, 0.21F});
  for (int i = 0; i < cars; ++i) flank.box(i * kCar + 1.6, high - 0.4, i * kCar + kCar - 1.6, high, gear);
  body.flanks(w, half, length, high, flank);

  Figure end;  // a large rounded pane, one lamp on top
  end.box(-w, 0.12, w, 0.95, lower).box(-w, 0.95, w, high - 0.35, upper).box(-w, 0.12, w, 0.3, 0.6 * lower);
  end.trapezoid(1.2, -w + 0.12, w - 0.12, 2.6, -w + 0.3, w - 0.3, glass)
      .trapezoid(1.25, -0.75, -0.4, 2.55, -0.35, 0.0, 1.7 * glass);
  end.box(-w + 0.25, high - 0.36, w - 0.25, high, gear).box(-0.55, 2.68, 0.55, 2.92, {1.0F, 0.72F, 0.2F}).glow();
  Figure rear = end;
  end.ellipse(-w + 0.4, 0.75, 0.15, 0.15, kHeadLight)
      .ellipse(w - 0.4, 0.75, 0.15, 0.15, kHeadLight)
      .ellipse(0, 0.55, 0.2, 0.12, gear);
  rear.ellipse(-w + 0.4, 0.75, 0.15, 0.15, kTailLight).ellipse(w - 0.4, 0.75, 0.15, 0.15, kTailLight);
  body.front(half, kWidth, high, end);
  body.rear(-half, kWidth, high, rear);
  model.add_shadow(pose, length, w, high);
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
