#include "segfold/data/street_scene/facade.h"

#include <algorithm>
#include <cmath>

#include "segfold/data/street_scene/draw.h"
#include "segfold/data/street_scene/noise.h"

namespace segfold::street {
namespace {

constexpr Rgb kMortar{0.62F, 0.58F, 0.54F};

/// Brick courses: joints and bricks of slightly different tone; far away just their mean.
Rgb bricks(double u, double v, double footprint, Rgb colour, std::uint32_t seed) {
  if (footprint > 0.15) return mix(colour, kMortar, 0.15);
  const double course = std::floor(v / 0.16);
  const double shifted = u / 0.45 + (static_cast<std::int64_t>(course) % 2 == 0 ? 0.0 : 0.5);
  if (v / 0.16 - course < 0.16 || shifted - std::floor(shifted) < 0.07) return mix(colour, kMortar, 0.7);
  return (0.85 +
          0.3 * cell_noise(static_cast<std::int64_t>(std::floor(shifted)), static_cast<std::int64_t>(course), seed)) *
         colour;
}

}  // namespace

Rgb Facade::masonry(double u, double v, double footprint) const {
  const double weather = 0.86 + 0.22 * fractal_noise(u * 0.35, v * 0.2, seed + 1, 3);
  Rgb colour = wall;
  if (material == Material::kBrick) colour = bricks(u, v, footprint, wall, seed + 2);
  if (material == Material::kPanels) {
    const double joint = std::min(std::fmod(u, bay), std::fmod(v, storey));
    if (joint < std::max(0.08, footprint)) colour = 0.8 * wall;
  }
  return weather * colour;
}

void Facade::window(double u, double v, double width, double height_m, std::int64_t column, std::int64_t row,
                    Fragment& fragment) const {
  constexpr double kFrame = 0.12;
  const bool on_frame = u < kFrame || v < kFrame || u > width - kFrame || v > height_m - kFrame ||
                        (width > 0.9 && std::abs(u - width / 2) < 0.05);
  if (on_frame) {
    fragment.colour = trim;
    return;
  }
  const double mood = cell_noise(column, row, seed + 5);
  Rgb pane = (0.6 + 0.5 * v / height_m + 0.3 * mood) * glass;
  if (mood < 0.2) pane = mix(pane, Rgb{0.82F, 0.8F, 0.74F}, 0.5);  // a drawn curtain
  if (mood > 0.93) pane = mix(pane, Rgb{0.95F, 0.8F, 0.5F}, 0.6);  // a lamp
  fragment.colour = pane;
}

bool Facade::front(double u, double v, double footprint, Fragment& fragment) const {
  fragment.colour = masonry(u, v, footprint);
  if (v > height - 0.45) {
    fragment.colour = trim;
    return true;
  }
  const auto row = static_cast<std::int64_t>(std::floor(v / storey));
  const double in_storey = v - static_cast<double>(row) * storey;
  if (v > height - 0.8 || static_cast<double>(row + 1) * storey > height + 0.5) return true;
  const auto column = static_cast<std::int64_t>(std::floor(u / bay));
  const double in_bay = u - static_cast<double>(column) * bay;
  if (row == 0 && shops) {
    if (in_storey > storey - 0.75 && in_storey < storey - 0.2) {
      fragment.colour = awning;
    } else if (in_storey > 0.35 && in_storey < storey - 0.75 && in_bay > 0.25 && in_bay < bay - 0.25) {
      window(in_bay - 0.25, in_storey - 0.35, bay - 0.5, storey - 1.1, column, row, fragment);
    }
    return true;
  }
  if (row == 0 && v < 0.6) fragment.colour = 0.75 * fragment.colour;  // plinth
  const double left = (bay - window_width) / 2;
  const bool door = row == 0 && cell_noise(column, 77, seed) < 0.25;
  const double sill = door ? 0.05 : 0.9;
  const double tall = door ? 2.2 : window_height;
  const double x = in_bay - left;
  const double y = in_storey - sill;
  if (x >= 0 && x < window_width && y >= 0 && y < tall) window(x, y, window_width, tall, column, row, fragment);
  if (!door && x >= -0.1 && x < window_width + 0.1 && y < 0 && y > -0.14) fragment.colour = 1.05 * trim;
  return true;
}

Shader Facade::gable_shader(double depth, double rise) const {
  return [self = *this, depth, rise](double u, double v, double footprint, Fragment& fragment) {
    const double edge = self.height + rise * (1 - std::abs(2 * u / depth - 1));
    if (v > edge) return false;
    if (v > edge - 0.25) {
      fragment.colour = rise > 0 ? self.roof : self.trim;
      return true;
    }
    fragment.colour = 0.94 * self.masonry(u, v, footprint);
    const auto row = static_cast<std::int64_t>(std::floor(v / self.storey));
    const auto column = static_cast<std::int64_t>(std::floor(u / (1.6 * self.bay)));
    const double x = u - static_cast<double>(column) * 1.6 * self.bay - 1.2;
    const double y = v - static_cast<double>(row) * self.storey - 1;
    const bool open = cell_noise(column, row, self.seed + 40) < 0.6 && v < self.height - 2;
    if (open && x >= 0 && x < 1.0 && y >= 0 && y < 1.4) self.window(x, y, 1.0, 1.4, column, row, fragment);
    return true;
  };
}

Shader Facade::roof_shader() const {
  return [self = *this](double u, double v, double footprint, Fragment& fragment) {
    const double row = v / 0.35;
    const double lip = footprint < 0.2 && row - std::floor(row) < 0.25 ? 0.8 : 1.0;
    fragment.colour = lip * (0.85 + 0.3 * fractal_noise(u * 0.8, v * 0.8, self.seed + 50, 2)) * self.roof;
    return true;
  };
}

Rgb draw_facade_colour(RandomStream& random) {
  const Rgb choices[] = {{0.78F, 0.71F, 0.58F}, {0.62F, 0.33F, 0.26F}, {0.58F, 0.58F, 0.58F}, {0.84F, 0.83F, 0.8F},
                         {0.8F, 0.7F, 0.45F},   {0.76F, 0.58F, 0.52F}, {0.58F, 0.64F, 0.55F}, {0.5F, 0.56F, 0.64F},
                         {0.5F, 0.41F, 0.34F},  {0.44F, 0.44F, 0.46F}, {0.66F, 0.62F, 0.56F}};
  return draw_colour(choices, 0.85, 1.12, random);
}

Facade draw_facade(double height, Style style, RandomStream& random) {
  Facade facade;
  facade.height = height;
  facade.wall = draw_facade_colour(random);
  const double material = random.uniform();
  const bool reddish = facade.wall.r > 1.5F * facade.wall.b;
  facade.material = reddish && material < 0.8                             ? Facade::Material::kBrick
                    : material < (style == Style::kIndustry ? 0.6 : 0.25) ? Facade::Material::kPanels
                                                                          : Facade::Material::kPlaster;
  facade.trim = random.chance(0.7) ? mix(facade.wall, Rgb{0.92F, 0.91F, 0.88F}, 0.75) : 0.55 * facade.wall;
  facade.glass = random.uniform(0.7, 1.15) * Rgb{0.22F, 0.26F, 0.31F};
  const Rgb awnings[] = {
      {0.6F, 0.14F, 0.12F}, {0.13F, 0.36F, 0.22F}, {0.15F, 0.24F, 0.5F}, {0.8F, 0.6F, 0.15F}, {0.25F, 0.25F, 0.27F}};
  facade.awning = awnings[random.below(std::size(awnings))];
  const Rgb roofs[] = {{0.55F, 0.28F, 0.2F}, {0.36F, 0.35F, 0.36F}, {0.45F, 0.33F, 0.27F}};
  facade.roof = roofs[random.below(std::size(roofs))];
  facade.storey = random.uniform(2.8, 3.6);
  facade.bay = random.uniform(2.3, 3.6);
  facade.window_width = facade.bay * random.uniform(0.36, 0.62);
  facade.window_height = facade.storey * random.uniform(0.42, 0.58);
  facade.shops = random.chance(style == Style::kCanyon ? 0.55 : 0.15);
  facade.seed = random.next();
  return facade;
}

Shader wall_shader(double height, RandomStream& random) {
  const Rgb choices[] = {{0.62F, 0.62F, 0.6F}, {0.74F, 0.7F, 0.62F}, {0.55F, 0.3F, 0.24F}, {0.55F, 0.55F, 0.57F}};
  const std::size_t choice = random.below(std::size(choices));
  const Rgb colour = random.uniform(0.85, 1.15) * choices[choice];
  const bool brick = choice == 2;
  const double pillar = random.uniform(3.2, 5.5);
  const std::uint32_t seed = random.next();
  return [=](double u, double v, double footprint, Fragment& fragment) {
    const double streak = 0.8 + 0.3 * fractal_noise(u * 1.1, v * 0.25, seed, 3);
    const double stain = 1 - 0.3 * std::max(0.0, 1 - v / 0.5) * smooth_noise(u * 0.8, 3, seed + 4);
    fragment.colour = streak * stain * (brick ? bricks(u, v, footprint, colour, seed + 1) : colour);
    const double in_pillar = std::fmod(u, pillar);
    if (in_pillar < 0.1 || (in_pillar > 0.5 && in_pillar < 0.58)) fragment.colour = 0.72 * fragment.colour;
    if (v > height - 0.2)
      fragment.colour = mix(colour, Rgb{0.86F, 0.85F, 0.83F}, 0.7);  // coping
    else if (v > height - 0.3)
      fragment.colour = 0.6 * fragment.colour;  // and its shadow
    return true;
  };
}

Shader fence_shader(double height, RandomStream& random) {
  const Rgb choices[] = {{0.16F, 0.18F, 0.17F}, {0.18F, 0.33F, 0.23F}, {0.85F, 0.85F, 0.83F}, {0.42F, 0.32F, 0.23F}};
  const Rgb colour = draw_colour(choices, 0.85, 1.15, random);
  const double spacing = random.uniform(0.3, 0.48);
  const double share = random.uniform(0.3, 0.62);  // of the spacing that a bar takes
  const double post_every = random.uniform(2.0, 3.0);
  const std::uint32_t seed = random.next();
  return [=](double u, double v, double footprint, Fragment& fragment) {
    const auto bar = static_cast<std::int64_t>(std::floor(u / spacing));
    const double tone = 0.85 + 0.25 * cell_noise(bar, 0, seed);
    fragment.colour = tone * colour;
    const bool post = std::fmod(u, post_every) < 0.16;
    const bool rail = (v > 0.2 && v < 0.32) || (v > height - 0.32 && v < height - 0.2);
    if (post || rail) return true;
    if (v > height - 0.1)
      fragment.coverage = 0.0F;  // between the tips of the posts
    else if (footprint > 0.6 * spacing)
      fragment.coverage = static_cast<float>(share);
    else if (u / spacing - static_cast<double>(bar) > share)
      fragment.coverage = 0.12F;
    return true;
  };
}

}  // namespace segfold::street
