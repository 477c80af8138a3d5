#include "segfold/data/street_scene/furniture.h"

#include "segfold/data/street_scene/draw.h"

namespace segfold::street {
namespace {

constexpr Rgb kWhite{0.92F, 0.92F, 0.9F};
constexpr Rgb kRed{0.78F, 0.1F, 0.1F};
constexpr Rgb kBlack{0.07F, 0.07F, 0.07F};

Rgb draw_post_colour(RandomStream& random) {
  const Rgb choices[] = {
      {0.5F, 0.51F, 0.52F}, {0.36F, 0.37F, 0.38F}, {0.66F, 0.67F, 0.67F}, {0.2F, 0.26F, 0.22F}, {0.42F, 0.36F, 0.3F}};
  return draw_colour(choices, 0.85, 1.15, random);
}

void add_post(Figure& figure, double x, double height, double radius, Rgb colour) {
  figure.limb(x, -radius, 1.15 * radius, x, height - radius, radius, colour);
}

/// A round, triangular, square or diamond plate with its centre at (x, y).
void add_plate(Figure& figure, double x, double y, double size, RandomStream& random) {
  const double half = size / 2;
  const Rgb blue = random.uniform(0.9, 1.15) * Rgb{0.1F, 0.28F, 0.62F};
  switch (random.below(6)) {
    case 0:  // prohibition: red rim, white heart
      figure.ellipse(x, y, half, half, kRed)
          .label(kTrafficSign)
          .ellipse(x, y, 0.7 * half, 0.7 * half, kWhite)
          .label(kTrafficSign);
      figure.box(x - 0.3 * half, y - 0.35 * half, x + 0.3 * half, y + 0.35 * half, kBlack).label(kTrafficSign);
      break;
    case 1:  // warning: red triangle
      figure.trapezoid(y - half, x - half, x + half, y + half, x - 0.06, x + 0.06, kRed).label(kTrafficSign);
      figure.trapezoid(y - 0.75 * half, x - 0.62 * half, x + 0.62 * half, y + 0.5 * half, x - 0.03, x + 0.03, kWhite)
          .label(kTrafficSign);
      break;
    case 2:  // order: blue disc with an arrow
      figure.ellipse(x, y, half, half, blue).label(kTrafficSign);
      figure.box(x - 0.12 * half, y - 0.6 * half, x + 0.12 * half, y + 0.5 * half, kWhite).label(kTrafficSign);
      break;
    case 3:  // information: blue square
      figure.box(x - half, y - half, x + half, y + half, blue).label(kTrafficSign);
      figure.box(x - 0.5 * half, y - 0.6 * half, x + 0.5 * half, y + 0.6 * half, kWhite).label(kTrafficSign);
      break;
    case 4:  // no entry
      figure.ellipse(x, y, half, half, kRed).label(kTrafficSign);
      figure.box(x - 0.7 * half, y - 0.2 * half, x + 0.7 * half, y + 0.2 * half, kWhite).label(kTrafficSign);
      break;
    default:  // priority: yellow diamond in white
      figure.trapezoid(y - half, x - 0.02, x + 0.02, y, x - half, x + half, kWhite).label(kTrafficSign);
      figure.trapezoid(y, x - half, x + half, y + half, x - 0.02, x + 0.02, kWhite).label(kTrafficSign);
      figure.ellipse(x, y, 0.5 * half, 0.5 * half, {0.93F, 0.72F, 0.12F}).label(kTrafficSign);
      break;
  }
}

/// A housing with three lenses whose foot is at (x, y).
void add_head(Figure& figure, double x, double y, double scale, RandomStream& random) {
  const double width = 0.58 * scale;
  const double height = 1.3 * scale;
  const Rgb housings[] = {kBlack, {0.1F, 0.14F, 0.12F}, {0.2F, 0.2F, 0.2F}};
  const Rgb housing = housings[random.below(std::size(housings))];
  figure.box(x - width / 2, y, x + width / 2, y + height, kWhite).label(kTrafficLight);  // rim of the backing board
  figure.box(x - width / 2 + 0.05, y + 0.05, x + width / 2 - 0.05, y + height - 0.05, housing).label(kTrafficLight);
  if (random.chance(0.12)) return;  // seen from behind
  const Rgb lit[] = {{0.2F, 1.0F, 0.6F}, {1.0F, 0.75F, 0.15F}, {1.0F, 0.18F, 0.12F}};
  const std::uint64_t burning = random.below(5) * 2 % 3;  // yellow is rare
  for (std::uint64_t lens = 0; lens < 3; ++lens) {
    const double centre = y + height * (0.19 + 0.31 * static_cast<double>(lens));
    const double radius = 0.34 * width;
    figure.ellipse(x, centre, radius, radius, lens == burning ? lit[lens] : 0.22 * lit[lens]).label(kTrafficLight);
    if (lens == burning) figure.glow();
  }
}

}  // namespace

void add_lamp_post(Model& model, const Pose& pose, int towards_road, RandomStream& random) {
  const double height = random.uniform(5, 8.5);
  const double radius = random.uniform(0.11, 0.17);
  const double reach = towards_road * random.uniform(0.8, 2.4);
  const Rgb colour = draw_post_colour(random);
  Figure figure;
  add_post(figure, 0, height, radius, colour);
  figure.limb(0, height - radius, 0.7 * radius, reach, height + 0.35, 0.06, colour);
  figure.limb(reach, height + 0.35, 0.14, reach + towards_road * 0.6, height + 0.35, 0.1, 0.8 * colour);
  model.add_figure({pose.x, pose.z, 0, 0}, 7, height + 0.6, kPole, 0, figure);
  model.add_shadow(pose, 0, 0.3, height);
}

void add_sign_post(Model& model, const Pose& pose, RandomStream& random) {
  const double size = random.uniform(0.85, 1.2);
  const double height = random.uniform(2.5, 3.3);
  Figure figure;
  const double radius = random.uniform(0.08, 0.12);
  add_post(figure, 0, height, radius, draw_post_colour(random));
  add_plate(figure, 0, height - size / 2 + 0.1, size, random);
  if (random.chance(0.4)) add_plate(figure, 0, height - 1.6 * size, 0.9 * size, random);
  model.add_figure({pose.x, pose.z, random.uniform(-0.25, 0.25), 0}, 1.6, height + 0.3, kPole, 0, figure);
  model.add_shadow(pose, 0, 0.25, height);
}

void add_sign_board(Model& model, const Pose& pose, RandomStream& random) {
  const double width = random.uniform(2.0, 3.0);
  const double low = random.uniform(1.7, 2.4);
  const double high = low + random.uniform(1.1, 1.6);
  const Rgb fields[] = {{0.12F, 0.3F, 0.65F}, {0.93F, 0.75F, 0.15F}, {0.12F, 0.42F, 0.25F}, kWhite};
  const std::size_t field = random.below(std::size(fields));
  const Rgb ink = field == 0 || field == 2 ? kWhite : kBlack;
  const Rgb post = draw_post_colour(random);
  Figure figure;
  add_post(figure, -0.35 * width, high - 0.1, 0.1, post);
  add_post(figure, 0.35 * width, high - 0.1, 0.1, post);
  figure.box(-width / 2, low, width / 2, high, ink).label(kTrafficSign);
  figure.box(-width / 2 + 0.08, low + 0.08, width / 2 - 0.08, high - 0.08, fields[field]).label(kTrafficSign);
  for (int row = 0; row < 3; ++row) {
    const double y = low + 0.2 + row * (high - low - 0.2) / 3;
    figure.box(-0.36 * width, y, width * random.uniform(0.0, 0.25), y + 0.16, ink).label(kTrafficSign);
  }
  figure.trapezoid(low + 0.4, 0.34 * width, 0.4 * width, high - 0.2, 0.28 * width, 0.46 * width, ink)
      .label(kTrafficSign);
  model.add_figure({pose.x, pose.z, 0, 0}, width + 0.2, high + 0.1, kPole, 0, figure);
  model.add_shadow(pose, 0, 0.4, high);
}

void add_traffic_light(Model& model, const Pose& pose, int towards_road, RandomStream& random) {
  const double scale = random.uniform(1.0, 1.35);
  const bool arm = random.chance(0.4);
  const double height = arm ? random.uniform(4.8, 5.6) : random.uniform(3.2, 3.9);
  const double head_foot = arm ? random.uniform(2.1, 2.6) : height - 1.25 * scale;
  const Rgb colour = draw_post_colour(random);
  Figure figure;
  add_post(figure, 0, height, random.uniform(0.1, 0.14), colour);
  add_head(figure, 0, head_foot, scale, random);
  if (arm) {
    const double reach = towards_road * random.uniform(2.0, 3.4);
    figure.limb(0, height - 0.1, 0.1, reach, height, 0.07, colour);
    add_head(figure, reach, height - 1.0 * scale, scale, random);
  }
  model.add_figure({pose.x, pose.z, 0, 0}, 8.5, height + 0.8, kPole, 0, figure);
  model.add_shadow(pose, 0, 0.3, height);
}

void add_static_thing(Model& model, const Pose& pose, RandomStream& random) {
  const Rgb choices[] = {{0.25F, 0.32F, 0.27F}, {0.45F, 0.46F, 0.46F}, {0.7F, 0.5F, 0.2F}, {0.3F, 0.3F, 0.34F}};
  const Rgb colour = choices[random.below(std::size(choices))];
  const double width = random.uniform(0.5, 1.1);
  const double height = random.uniform(0.8, 1.5);
  Figure figure;
  figure.trapezoid(0, -0.42 * width, 0.42 * width, height, -width / 2, width / 2, colour)
      .mottle(0.25, 0.4, random.next());
  figure.box(-0.55 * width, height - 0.14, 0.55 * width, height, 0.7 * colour);
  model.add_figure({pose.x, pose.z, 0, 0}, 1.3 * width, height, kStatic, 0, figure);
  model.add_shadow(pose, 0, 0.6 * width, height);
}

void add_dynamic_thing(Model& model, const Pose& pose, RandomStream& random) {
  const Rgb choices[] = {{0.6F, 0.2F, 0.18F}, {0.2F, 0.3F, 0.5F}, {0.15F, 0.15F, 0.16F}, {0.55F, 0.5F, 0.42F}};
  const Rgb colour = choices[random.below(std::size(choices))];
  Figure figure;
  figure.ellipse(-0.2, 0.35, 0.32, 0.34, colour).mottle(0.3, 0.2, random.next());
  figure.ellipse(0.22, 0.28, 0.28, 0.28, 0.75 * colour);
  figure.limb(0.2, 0.5, 0.03, 0.5, 0.95, 0.03, kBlack);
  model.add_figure({pose.x, pose.z, 0, 0}, 1.2, 1.0, kDynamic, 0, figure);
  model.add_shadow(pose, 0, 0.5, 0.7);
}

}  // namespace segfold::street
