#include "segfold/data/street_scene/body.h"
#include "segfold/data/street_scene/vehicle_colours.h"
#include "segfold/data/street_scene/vehicles.h"

namespace segfold::street {
namespace {

Rgb draw_tarpaulin(RandomStream& random) {
  const Rgb choices[] = {
      {0.82F, 0.82F, 0.8F}, {0.6F, 0.61F, 0.62F}, {0.2F, 0.42F, 0.3F}, {0.18F, 0.3F, 0.52F}, {0.84F, 0.66F, 0.2F}};
  return draw_colour(choices, 0.85, 1.1, random);
}

/// What tells one truck from another; metres.
struct TruckShape {
  static constexpr double kWidth = 2.5;
  static constexpr double kHalfWidth = kWidth / 2;
  static constexpr double kCab = 2.1;
  static constexpr double kStart = kCab + 0.35;  ///< of the cargo, behind a gap

  double length = 0, high = 0, cab_high = 0;
  Rgb paint, glass, tarp;
  std::uint32_t seed = 0;
};

TruckShape draw_truck_shape(RandomStream& random) {
  TruckShape s;
  const double cargo = random.uniform(4.6, 7.5);
  s.length = TruckShape::kStart + cargo;
  s.high = random.uniform(3.3, 3.9);
  s.cab_high = random.uniform(2.6, 3.0);
  s.paint = draw_livery(random);
  s.glass = draw_glass(random);
  s.tarp = draw_tarpaulin(random);
  s.seed = random.next();
  return s;
}

/// The cargo's side: ribs, no windows.
Figure truck_flank(const TruckShape& s) {
  constexpr double kStart = TruckShape::kStart;
  Figure box;
  box.box(kStart, 0.55, s.length, 0.95, kRubber).box(kStart, 0.95, s.length, s.high, s.tarp).mottle(0.12, 1.2, s.seed);
  for (double x = kStart; x < s.length - 0.1; x += 0.8) box.box(x, 0.98, x + 0.1, s.high, 0.72 * s.tarp);
  box.box(kStart, s.high - 0.14, s.length, s.high, 0.65 * s.tarp).box(kStart, 0.92, s.length, 1.06, 0.55 * s.tarp);
  box.box(TruckShape::kCab, 0.5, kStart, 0.9, kRubber);
  for (const double x : {1.15, s.length - 2.3, s.length - 1.1}) add_side_wheel(box, x, 0.5);
  return box;
}

Figure cab_flank(const TruckShape& s) {
  constexpr double kCab = TruckShape::kCab;
  Figure side;
  side.box(0.02, 0.42, kCab, 0.9, kRubber).trapezoid(0.8, 0, kCab, s.cab_high, 0.25, kCab, s.paint);
  side.trapezoid(1.6, 0.3, 1.35, s.cab_high - 0.25, 0.42, 1.3, s.glass)
      .box(1.45, 0.9, 1.5, s.cab_high - 0.2, 0.6 * s.paint);
  add_side_wheel(side, 1.15, 0.5);
  return side;
}

Figure truck_front(const TruckShape& s) {
  constexpr double w = TruckShape::kHalfWidth;
  Figure front;
  add_end_wheels(front, TruckShape::kWidth, 0.6);
  front.box(-w + 0.02, 0.4, w - 0.02, 0.95, kRubber)
      .box(-w, 0.85, w, s.cab_high, s.paint)
      .box(-w + 0.12, 1.55, w - 0.12, s.cab_high - 0.25, s.glass);
  front.box(-0.75, 0.95, 0.75, 1.4, 0.4 * s.paint)
      .box(-w + 0.1, 0.6, -w + 0.5, 0.8, kHeadLight)
      .box(w - 0.5, 0.6, w - 0.1, 0.8, kHeadLight);
  front.box(-w + 0.15, s.cab_high - 0.2, w - 0.15, s.cab_high - 0.08, 0.5 * s.paint);
  return front;
}

/// The cargo's front, above the cab.
Figure truck_bulkhead(const TruckShape& s) {
  constexpr double w = TruckShape::kHalfWidth;
  Figure bulkhead;
  bulkhead.box(-w, 0.95, w, s.high, 0.95 * s.tarp).box(-w, s.high - 0.14, w, s.high, 0.65 * s.tarp);
  return bulkhead;
}

/// Doors with bars, an underrun guard in red and white.
Figure truck_rear(const TruckShape& s) {
  constexpr double w = TruckShape::kHalfWidth;
  Figure rear;
  add_end_wheels(rear, TruckShape::kWidth, 0.9);
  rear.box(-w + 0.05, 0.5, w - 0.05, 0.75, kPlate).box(-w, 0.9, w, s.high, s.tarp).mottle(0.1, 0.8, s.seed + 1);
  for (int i = 0; i < 4; ++i) rear.box(-w + 0.08 + 0.65 * i, 0.5, -w + 0.4 + 0.65 * i, 0.75, kTailLight);
  rear.box(-0.04, 0.95, 0.04, s.high, 0.45 * s.tarp)
      .box(-w, s.high - 0.12, w, s.high, 0.5 * s.tarp)
      .box(-w, 0.9, w, 1.0, 0.4 * s.tarp);
  for (const double x : {-0.85, -0.45, 0.45, 0.85}) rear.box(x - 0.04, 1.0, x + 0.04, s.high - 0.15, 0.7 * s.tarp);
  rear.box(-w, 0.9, -w + 0.1, s.high, 0.55 * s.tarp).box(w - 0.1, 0.9, w, s.high, 0.55 * s.tarp);
  return rear;
}

/// What tells one bus from another; metres.
struct BusShape {
  static constexpr double kWidth = 2.55;
  static constexpr double kHalfWidth = kWidth / 2;

  double length = 0, high = 0;
  Rgb paint, band, glass;
};

BusShape draw_bus_shape(RandomStream& random) {
  BusShape s;
  s.length = random.uniform(9, 12);
  s.high = random.uniform(2.95, 3.25);
  s.paint = draw_livery(random);
  s.band = mix(s.paint, Rgb{0.95F, 0.95F, 0.93F}, 0.8);
  s.glass = draw_glass(random);
  return s;
}

/// A row of large windows over a light band.
Figure bus_flank(const BusShape& s) {
  Figure flank;
  flank.box(0.02, 0.28, s.length - 0.02, 0.5, kRubber)
      .box(0, 0.38, s.length, s.high, s.paint)
      .box(0, 1.0, s.length, 1.25, s.band);
  flank.box(0.25, 1.4, s.length - 0.3, 2.5, s.glass);
  for (double x = 1.5; x < s.length - 0.8; x += 1.35) flank.box(x, 1.4, x + 0.16, 2.5, s.paint);
  for (const double x : {0.35, s.length * 0.5})
    flank.box(x, 0.42, x + 1.1, 2.5, 0.8 * s.glass).box(x + 0.52, 0.42, x + 0.58, 2.5, s.paint);
  add_side_wheel(flank, 2.4, 0.5);
  add_side_wheel(flank, s.length - 2.8, 0.5);
  return flank;
}

Figure bus_front(const BusShape& s) {
  constexpr double w = BusShape::kHalfWidth;
  Figure front;
  add_end_wheels(front, BusShape::kWidth, 0.5);
  front.box(-w, 0.32, w, s.high, s.paint)
      .box(-w + 0.1, 1.1, w - 0.1, 2.5, s.glass)
      .trapezoid(1.15, -0.7, -0.3, 2.45, -0.3, 0.1, 1.7 * s.glass);
  front.box(-w + 0.2, 2.6, w - 0.2, 2.92, kRubber).box(-0.6, 2.67, 0.6, 2.85, {1.0F, 0.68F, 0.1F}).glow();
  front.box(-w, 0.85, w, 1.02, s.band)
      .ellipse(-w + 0.35, 0.62, 0.2, 0.13, kHeadLight)
      .ellipse(w - 0.35, 0.62, 0.2, 0.13, kHeadLight);
  return front;
}

Figure bus_rear(const BusShape& s) {
  constexpr double w = BusShape::kHalfWidth;
  Figure rear;
  add_end_wheels(rear, BusShape::kWidth, 0.5);
  rear.box(-w, 0.32, w, s.high, s.paint).box(-w + 0.25, 1.65, w - 0.25, 2.55, s.glass).box(-w, 1.3, w, 1.52, s.band);
  rear.box(-0.8, 0.6, 0.8, 1.15, 0.35 * s.paint)
      .box(-w + 0.06, 0.7, -w + 0.3, 1.25, kTailLight)
      .box(w - 0.3, 0.7, w - 0.06, 1.25, kTailLight);
  rear.box(-0.27, 0.42, 0.27, 0.55, kPlate).box(-0.45, 2.68, 0.45, 2.9, {1.0F, 0.68F, 0.1F}).glow();
  return rear;
}

}  // namespace

void add_truck(Model& model, const Camera& camera, const Pose& pose, RandomStream& random) {
  const TruckShape s = draw_truck_shape(random);
  const double nose = s.length / 2;  // ahead of the middle
  Body body(model, camera, pose, kTruck);
  body.flanks(TruckShape::kHalfWidth, nose, s.length, s.high, truck_flank(s));
  body.flanks(TruckShape::kHalfWidth - 0.02, nose, TruckShape::kCab, s.cab_high, cab_flank(s));
  body.front(nose, TruckShape::kWidth, s.cab_high, truck_front(s));
  body.front(nose - TruckShape::kStart, TruckShape::kWidth, s.high, truck_bulkhead(s));
  body.rear(-nose, TruckShape::kWidth, s.high, truck_rear(s));
  model.add_shadow(pose, s.length, TruckShape::kHalfWidth, s.high);
}

void add_bus(Model& model, const Camera& camera, const Pose& pose, RandomStream& random) {
  const BusShape s = draw_bus_shape(random);
  const double nose = s.length / 2;  // ahead of the middle
  Body body(model, camera, pose, kBus);
  body.flanks(BusShape::kHalfWidth, nose, s.length, s.high, bus_flank(s));
  body.front(nose, BusShape::kWidth, s.high, bus_front(s));
  body.rear(-nose, BusShape::kWidth, s.high, bus_rear(s));
  model.add_shadow(pose, s.length, BusShape::kHalfWidth, s.high);
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

}  // namespace segfold::street
