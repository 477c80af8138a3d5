#include "segfold/data/street_scene/people.h"

#include <algorithm>
#include <cmath>

#include "segfold/data/street_scene/draw.h"

namespace segfold::street {
namespace {

constexpr Rgb kTyre{0.08F, 0.08F, 0.09F};
constexpr Rgb kMetal{0.55F, 0.56F, 0.58F};

Rgb draw_cloth(RandomStream& random) {
  const Rgb choices[] = {{0.13F, 0.14F, 0.18F}, {0.2F, 0.25F, 0.4F},   {0.62F, 0.15F, 0.15F}, {0.7F, 0.68F, 0.64F},
                         {0.33F, 0.33F, 0.34F}, {0.25F, 0.37F, 0.25F}, {0.75F, 0.5F, 0.16F},  {0.45F, 0.35F, 0.28F},
                         {0.5F, 0.3F, 0.46F},   {0.35F, 0.5F, 0.62F}};
  return draw_colour(choices, 0.8, 1.25, random);
}

Rgb draw_skin(RandomStream& random) {
  return mix(Rgb{0.86F, 0.66F, 0.54F}, Rgb{0.38F, 0.25F, 0.18F}, random.uniform(0.0, 0.8));
}

Rgb draw_paint(RandomStream& random) {
  const Rgb choices[] = {{0.1F, 0.1F, 0.11F},   {0.65F, 0.12F, 0.12F}, {0.15F, 0.27F, 0.55F},
                         {0.75F, 0.75F, 0.74F}, {0.2F, 0.42F, 0.28F},  {0.82F, 0.62F, 0.1F}};
  return choices[random.below(std::size(choices))];
}

/// Seen from the side is the rule; a thing that heads along the street shows its narrow end.
bool shows_side(const Pose& pose) { return std::abs(std::sin(pose.yaw)) > 0.35; }

/// Turns a drawing whose front is at +x so that it heads where the pose does.
Pose picture_plane(const Pose& pose, double& mirror) {
  mirror = std::sin(pose.yaw) >= 0 ? 1 : -1;
  const double slant = mirror * std::atan2(std::cos(pose.yaw), std::abs(std::sin(pose.yaw)));
  return {pose.x, pose.z, std::clamp(-slant, -0.9, 0.9), pose.y};
}

/// Spokes are too fine to see: the wheel's inside is mostly what lies behind it.
void add_wheel(Figure& figure, double x, double radius, double tyre, float inside) {
  figure.ellipse(x, radius, radius, radius, kMetal).see_through(inside);
  figure.ring(x, radius, radius, radius - tyre, kTyre);
  figure.ellipse(x, radius, 0.06, 0.06, kMetal);
}

Figure bicycle_side(double m, Rgb paint) {
  Figure figure;
  add_wheel(figure, -0.55 * m, 0.36, 0.08, 0.4F);
  add_wheel(figure, 0.55 * m, 0.36, 0.08, 0.4F);
  const double tube = 0.05;
  figure.limb(-0.55 * m, 0.36, tube, -0.12 * m, 0.36, tube, paint)
      .limb(-0.55 * m, 0.36, tube, -0.2 * m, 0.78, tube, paint);
  figure.limb(-0.12 * m, 0.36, tube, -0.24 * m, 0.92, tube, paint)
      .limb(-0.2 * m, 0.78, tube, 0.38 * m, 0.8, tube, paint);
  figure.limb(-0.12 * m, 0.36, tube, 0.4 * m, 0.74, tube, paint).limb(0.55 * m, 0.36, tube, 0.37 * m, 1.0, tube, paint);
  figure.limb(0.3 * m, 1.05, 0.04, 0.44 * m, 1.0, 0.04, kTyre)
      .limb(-0.34 * m, 0.95, 0.05, -0.12 * m, 0.95, 0.04, kTyre);
  figure.limb(-0.8 * m, 0.72, 0.03, -0.45 * m, 0.78, 0.03, kTyre).ellipse(-0.12 * m, 0.36, 0.1, 0.1, kTyre);
  return figure;
}

Figure bicycle_end(Rgb paint) {
  Figure figure;
  figure.limb(0, 0.08, 0.07, 0, 0.66, 0.07, kTyre).limb(0, 0.5, 0.05, 0, 0.95, 0.05, paint);
  figure.limb(-0.28, 1.03, 0.04, 0.28, 1.03, 0.04, kTyre).limb(-0.1, 0.95, 0.06, 0.1, 0.95, 0.06, kTyre);
  figure.limb(-0.2, 0.35, 0.05, 0.2, 0.35, 0.05, kTyre).ellipse(0, 0.72, 0.06, 0.05, {0.8F, 0.1F, 0.1F});
  return figure;
}

Figure motorcycle_side(double m, Rgb paint) {
  Figure figure;
  add_wheel(figure, -0.72 * m, 0.34, 0.13, 0.85F);
  add_wheel(figure, 0.74 * m, 0.34, 0.13, 0.85F);
  figure.ellipse(0, 0.45, 0.42, 0.24, {0.27F, 0.27F, 0.29F}).limb(-0.9 * m, 0.38, 0.07, -0.1 * m, 0.3, 0.07, kMetal);
  figure.limb(0.74 * m, 0.34, 0.06, 0.48 * m, 0.95, 0.06, kMetal)
      .limb(-0.85 * m, 0.82, 0.09, -0.1 * m, 0.75, 0.13, kTyre);
  figure.ellipse(0.2 * m, 0.83, 0.34, 0.18, paint)
      .ellipse(0.52 * m, 0.86, 0.2, 0.24, paint)
      .ellipse(-0.72 * m, 0.74, 0.2, 0.1, paint);
  figure.limb(0.3 * m, 1.08, 0.05, 0.46 * m, 1.02, 0.05, kTyre)
      .ellipse(0.68 * m, 0.86, 0.08, 0.1, {0.95F, 0.93F, 0.85F});
  return figure;
}

Figure motorcycle_end(Rgb paint, bool from_behind) {
  Figure figure;
  figure.limb(0, 0.12, 0.12, 0, 0.58, 0.12, kTyre)
      .ellipse(0, 0.78, 0.26, 0.26, paint)
      .limb(-0.26, 0.42, 0.08, -0.2, 0.34, 0.08, kMetal);
  figure.limb(0.26, 0.42, 0.08, 0.2, 0.34, 0.08, kMetal).limb(-0.42, 1.06, 0.05, 0.42, 1.06, 0.05, kTyre);
  figure.ellipse(-0.45, 1.2, 0.08, 0.06, kTyre).ellipse(0.45, 1.2, 0.08, 0.06, kTyre);
  figure.ellipse(0, 0.85, 0.12, 0.09, from_behind ? Rgb{0.85F, 0.1F, 0.1F} : Rgb{1.0F, 0.97F, 0.88F});
  return figure;
}

/// What a person wears and carries.
struct Outfit {
  Rgb top, bottom, skin, hair;
};

Outfit draw_outfit(RandomStream& random) {
  const Rgb hairs[] = {{0.13F, 0.1F, 0.08F}, {0.35F, 0.23F, 0.13F}, {0.65F, 0.5F, 0.3F}, {0.6F, 0.6F, 0.6F}};
  Outfit outfit;
  outfit.top = draw_cloth(random);
  outfit.bottom = random.chance(0.6) ? 0.7 * draw_cloth(random) : random.uniform(0.8, 1.2) * Rgb{0.2F, 0.24F, 0.34F};
  outfit.skin = draw_skin(random);
  outfit.hair = hairs[random.below(std::size(hairs))];
  return outfit;
}

void add_two_wheeler(Model& model, const Pose& pose, int label, RandomStream& random) {
  const Rgb paint = draw_paint(random);
  const int instance = model.next_instance(label);
  if (shows_side(pose)) {
    double m = 1;
    const Pose plane = picture_plane(pose, m);
    model.add_figure(plane, 2.4, 1.35, label, instance,
                     label == kBicycle ? bicycle_side(m, paint) : motorcycle_side(m, paint));
  } else {
    const bool from_behind = std::cos(pose.yaw) > 0;
    model.add_figure({pose.x, pose.z, 0, 0}, 1.2, 1.35, label, instance,
                     label == kBicycle ? bicycle_end(paint) : motorcycle_end(paint, from_behind));
  }
  model.add_shadow(pose, 1.8, 0.45, 1.0);
}

Figure rider_side(double m, bool motor, const Outfit& outfit, Rgb helmet) {
  const double hip_x = motor ? -0.28 * m : -0.2 * m;
  const double hip_y = motor ? 0.92 : 1.02;
  const double neck_x = motor ? 0.0 : 0.14 * m;
  const double neck_y = 1.5;
  Figure figure;
  figure.limb(hip_x, hip_y, 0.13, 0.16 * m, 0.82, 0.1, outfit.bottom)
      .limb(0.16 * m, 0.82, 0.09, -0.02 * m, 0.4, 0.07, outfit.bottom);
  figure.limb(-0.02 * m, 0.36, 0.07, 0.12 * m, 0.33, 0.06, kTyre);
  figure.limb(hip_x, hip_y, 0.17, neck_x, neck_y, 0.19, outfit.top);
  figure.limb(neck_x, neck_y - 0.05, 0.09, 0.22 * m, 1.22, 0.07, 0.85 * outfit.top)
      .limb(0.22 * m, 1.22, 0.07, 0.38 * m, 1.07, 0.06, outfit.skin);
  figure.ellipse(neck_x + 0.06 * m, neck_y + 0.26, 0.12, 0.15, outfit.skin);
  figure.ellipse(neck_x + 0.04 * m, neck_y + 0.31, motor ? 0.17 : 0.15, motor ? 0.18 : 0.12, helmet);
  return figure;
}

Figure rider_end(const Outfit& outfit, Rgb helmet, bool from_behind) {
  Figure figure;
  figure.limb(-0.13, 0.98, 0.12, -0.2, 0.68, 0.1, outfit.bottom)
      .limb(-0.2, 0.68, 0.09, -0.16, 0.36, 0.08, outfit.bottom);
  figure.limb(0.13, 0.98, 0.12, 0.2, 0.74, 0.1, outfit.bottom).limb(0.2, 0.74, 0.09, 0.16, 0.46, 0.08, outfit.bottom);
  figure.limb(0, 1.02, 0.21, 0, 1.42, 0.24, outfit.top);
  figure.limb(-0.24, 1.42, 0.09, -0.36, 1.1, 0.07, 0.85 * outfit.top)
      .limb(0.24, 1.42, 0.09, 0.36, 1.1, 0.07, 0.85 * outfit.top);
  if (!from_behind) figure.ellipse(0, 1.7, 0.12, 0.15, outfit.skin);
  figure.ellipse(0, from_behind ? 1.74 : 1.8, 0.15, from_behind ? 0.18 : 0.12, helmet);
  return figure;
}

}  // namespace

void add_person(Model& model, const Pose& pose, RandomStream& random) {
  const double s = random.uniform(0.9, 1.06);  // of 1.75 m
  const double stride = random.chance(0.65) ? random.uniform(0.1, 0.28) : 0.09;
  const Outfit outfit = draw_outfit(random);
  const bool coat = random.chance(0.3);
  Figure figure;
  figure.limb(-0.07 * s, 0.88 * s, 0.11 * s, -stride * s, 0.08 * s, 0.075 * s, outfit.bottom);
  figure.limb(0.07 * s, 0.88 * s, 0.11 * s, stride * s, 0.08 * s, 0.075 * s, 0.88 * outfit.bottom);
  figure.limb(-stride * s, 0.05 * s, 0.06 * s, (-stride + 0.08) * s, 0.05 * s, 0.05 * s, kTyre);
  figure.limb(stride * s, 0.05 * s, 0.06 * s, (stride + 0.08) * s, 0.05 * s, 0.05 * s, kTyre);
  figure.limb(-0.22 * s, 1.36 * s, 0.075 * s, -(0.26 + 0.3 * stride) * s, 0.85 * s, 0.06 * s, 0.85 * outfit.top);
  figure.limb(0.22 * s, 1.36 * s, 0.075 * s, (0.26 + 0.3 * stride) * s, 0.85 * s, 0.06 * s, 0.9 * outfit.top);
  figure.trapezoid((coat ? 0.55 : 0.85) * s, -0.2 * s, 0.2 * s, 1.44 * s, -0.25 * s, 0.25 * s, outfit.top)
      .mottle(0.2, 0.25, random.next());
  figure.box(-0.07 * s, 1.42 * s, 0.07 * s, 1.54 * s, outfit.skin);
  figure.ellipse(0, 1.61 * s, 0.115 * s, 0.15 * s, outfit.skin);
  figure.ellipse(0, 1.68 * s, 0.125 * s, 0.1 * s, outfit.hair);
  if (random.chance(0.3)) {
    const double side = random.chance(0.5) ? 0.34 : -0.34;
    figure.box((side - 0.13) * s, 0.55 * s, (side + 0.13) * s, 0.9 * s, draw_cloth(random));
  }
  model.add_figure({pose.x, pose.z, random.uniform(-0.3, 0.3), pose.y}, 1.1, 1.85 * s, kPerson,
                   model.next_instance(kPerson), figure);
  model.add_shadow(pose, 0, 0.35, 1.7);
}

void add_bicycle(Model& model, const Pose& pose, RandomStream& random) {
  add_two_wheeler(model, pose, kBicycle, random);
}

void add_motorcycle(Model& model, const Pose& pose, RandomStream& random) {
  add_two_wheeler(model, pose, kMotorcycle, random);
}

void add_rider(Model& model, const Pose& pose, int mount, RandomStream& random) {
  add_two_wheeler(model, pose, mount, random);
  Outfit outfit = draw_outfit(random);
  const Rgb bright[] = {{0.9F, 0.78F, 0.15F}, {0.9F, 0.45F, 0.12F}, {0.7F, 0.85F, 0.2F}};
  if (random.chance(0.5)) outfit.top = draw_colour(bright, 0.85, 1.1, random);  // to be seen in traffic
  const bool motor = mount == kMotorcycle;
  const Rgb helmet = motor || random.chance(0.8) ? draw_paint(random) : outfit.hair;
  const int instance = model.next_instance(kRider);
  const bool from_behind = std::cos(pose.yaw) > 0;
  double m = 1;
  const bool side = shows_side(pose);
  Pose plane = side ? picture_plane(pose, m) : Pose{pose.x, pose.z, 0, 0};
  plane.z -= 0.04;  // in front of the frame
  model.add_figure(plane, 1.4, 2.05, kRider, instance,
                   side ? rider_side(m, motor, outfit, helmet) : rider_end(outfit, helmet, from_behind));
}

}  // namespace segfold::street
