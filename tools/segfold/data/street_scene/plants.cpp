#include "segfold/data/street_scene/plants.h"

#include <algorithm>
#include <array>

#include "segfold/data/street_scene/draw.h"
#include "segfold/data/street_scene/noise.h"

namespace segfold::street {
namespace {

/// A crown is a union of round clumps; noise frays its outline and makes light and dark leaves.
struct Crown {
  struct Clump {
    double x, y, radius;
  };
  std::array<Clump, 7> clumps;
  Rgb colour;
  double sun_side;  ///< −1…1: where the light comes from in the picture
  std::uint32_t seed;

  bool look(double x, double y, double footprint, Fragment& fragment) const {
    double inside = -1;
    double lit = 0;
    for (const Clump& clump : clumps) {
      const double dx = (x - clump.x) / clump.radius;
      const double dy = (y - clump.y) / clump.radius;
      const double depth = 1 - length({dx, dy, 0});
      if (depth > inside) {
        inside = depth;
        lit = 0.55 * dy + 0.35 * sun_side * dx;
      }
    }
    const double ragged = fractal_noise(x * 2.2, y * 2.2, seed, 3) - 0.5;
    if (inside + 0.5 * ragged < 0) return false;
    const double leaves = footprint < 0.25 ? fractal_noise(x * 5, y * 5, seed + 3, 2) : 0.5;
    const double gaps = smooth_noise(x * 3.1, y * 3.1, seed + 6);
    fragment.colour = std::max(0.25, 0.55 + 0.3 * lit + 0.75 * (leaves - 0.35) + 0.35 * ragged) * colour;
    if (inside < 0.25 && gaps > 0.72) fragment.coverage = 0.5;
    return true;
  }
};

void add_crown(Model& model, const Pose& pose, double low, double width, double height, const Light& light,
               RandomStream& random) {
  Crown crown{.clumps = {},
              .colour = draw_leaf_colour(random),
              .sun_side = std::clamp(light.sun.x, -1.0, 1.0),
              .seed = random.next()};
  const double radius = std::min(width, height) / 2;
  crown.clumps[0] = {0, height * 0.5, radius * 0.8};
  for (std::size_t i = 1; i < crown.clumps.size(); ++i) {
    const double x = random.uniform(-0.3, 0.3) * width;
    const double y = height * random.uniform(0.28, 0.72);
    crown.clumps[i] = {x, y, radius * random.uniform(0.4, 0.62)};
  }
  model.add({.origin = {pose.x - 0.6 * width, pose.y + low, pose.z - 0.01},
             .u_axis = {1, 0, 0},
             .v_axis = {0, 1, 0},
             .u_size = 1.2 * width,
             .v_size = 1.2 * height,
             .label = kVegetation,
             .instance = 0,
             .shader = [crown, width](double u, double v, double footprint, Fragment& fragment) {
               return crown.look(u - 0.6 * width, v, footprint, fragment);
             }});
}

}  // namespace

Rgb draw_leaf_colour(RandomStream& random) {
  const Rgb greens[] = {
      {0.27F, 0.42F, 0.16F}, {0.2F, 0.34F, 0.15F}, {0.36F, 0.46F, 0.2F}, {0.42F, 0.43F, 0.18F}, {0.25F, 0.36F, 0.24F}};
  const Rgb autumn[] = {{0.52F, 0.4F, 0.17F}, {0.55F, 0.33F, 0.16F}};
  return random.chance(0.1) ? draw_colour(autumn, 0.95, 1.4, random) : draw_colour(greens, 0.95, 1.4, random);
}

void add_tree(Model& model, const Pose& pose, double height, const Light& light, RandomStream& random) {
  const double width = height * random.uniform(0.5, 0.75);
  const double low = height * random.uniform(0.22, 0.34);
  const double girth = 0.022 * height * random.uniform(0.8, 1.3);
  const double tone = random.uniform(0.8, 1.3);
  Figure trunk;
  trunk
      .limb(0, -0.2, 1.3 * girth, random.uniform(-0.1, 0.1), low + 0.3 * (height - low), girth,
            tone * Rgb{0.34F, 0.28F, 0.22F})
      .mottle(0.4, 0.2, random.next());
  model.add_figure({pose.x, pose.z, 0, pose.y}, 1.0, low + 0.4 * (height - low), kVegetation, 0, trunk);
  add_crown(model, pose, low, width, height - low, light, random);
  model.add_shadow(pose, 0, 0.4 * width, height * 0.6);
}

void add_bush(Model& model, const Pose& pose, double height, const Light& light, RandomStream& random) {
  const double width = height * random.uniform(1.1, 1.9);
  add_crown(model, pose, -0.15 * height, width, 1.1 * height, light, random);
  model.add_shadow(pose, 0, 0.4 * width, height * 0.5);
}

Shader hedge_shader(double height, Rgb colour, std::uint32_t seed) {
  return [=](double u, double v, double footprint, Fragment& fragment) {
    const double edge = height * (0.9 + 0.1 * fractal_noise(u * 1.2, 0, seed + 9, 3)) +
                        0.25 * (fractal_noise(u * 4, v * 4, seed, 2) - 0.5);
    if (v > edge) return false;
    const double clumps = fractal_noise(u * 1.6, v * 1.6, seed + 1, 2);
    const double leaves = footprint < 0.25 ? fractal_noise(u * 6, v * 6, seed + 4, 2) : 0.5;
    fragment.colour = std::max(0.25, 0.3 + 0.3 * v / height + 0.5 * clumps + 0.7 * (leaves - 0.4)) * colour;
    return true;
  };
}

}  // namespace segfold::street
