#include "segfold/data/street_scene/layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "segfold/data/street_scene/draw.h"

namespace segfold::street {
namespace {

constexpr double kStart = 3;  // metres ahead of the camera where the first stretch begins
constexpr double kEnd = 130;

/// How often each frontage comes (building, wall, fence, hedge, open) in a street of this style.
std::array<double, 5> frontage_shares(Style style) {
  switch (style) {
    case Style::kCanyon:
      return {0.82, 0.06, 0.05, 0.04, 0.03};
    case Style::kSuburb:
      return {0.3, 0.16, 0.2, 0.22, 0.12};
    case Style::kPark:
      return {0.25, 0.08, 0.17, 0.15, 0.35};
    case Style::kIndustry:
      return {0.32, 0.28, 0.26, 0.06, 0.08};
    case Style::kCountry:
      return {0.12, 0.1, 0.16, 0.17, 0.45};
  }
  return {};
}

Frontage draw_frontage(Style style, RandomStream& random) {
  const auto shares = frontage_shares(style);
  double left = random.uniform();
  for (std::size_t i = 0; i < shares.size(); ++i) {
    left -= shares[i];
    if (left < 0) return static_cast<Frontage>(i);
  }
  return Frontage::kOpen;
}

double draw_stretch_length(Frontage kind, RandomStream& random) {
  return kind == Frontage::kBuilding ? random.uniform(9, 20) : random.uniform(12, 26);
}

double draw_height(Frontage kind, Style style, RandomStream& random) {
  switch (kind) {
    case Frontage::kBuilding:
      return style == Style::kCanyon ? random.uniform(9, 20) : random.uniform(5, 13);
    case Frontage::kWall:
      return random.uniform(1.5, 3.0);
    case Frontage::kFence:
      return random.uniform(1.3, 2.3);
    case Frontage::kHedge:
      return random.uniform(1.3, 3.0);
    case Frontage::kOpen:
      return 0;
  }
  return 0;
}

/// `first` are the kinds that the nearest stretches must have: what is near is large in the picture.
void draw_stretches(Side& side, const Layout& layout, std::vector<Frontage> first, RandomStream& random) {
  double z = kStart;
  std::size_t next = 0;
  while (z < kEnd) {
    if (layout.in_crossing(z, 0.1)) z = layout.crossing_z1;
    const bool given = next < first.size();
    const Frontage kind = given ? first[next++] : draw_frontage(layout.style, random);
    // The nearest metres beside the camera are out of the picture: the first stretch must reach beyond them.
    double length = draw_stretch_length(kind, random);
    if (given) length = (z < kStart + 1 ? side.front() * 1.2 : 0.0) + random.uniform(10, 16);
    double end = z + length;
    if (layout.crossing && z < layout.crossing_z0) end = std::min(end, layout.crossing_z0);
    if (end - z > 2) side.stretches.push_back({z, end, kind, draw_height(kind, layout.style, random)});
    z = end + (random.chance(0.12) ? random.uniform(1, 4) : 0.0);
  }
}

Side draw_side(Style style, bool terrain, RandomStream& random) {
  Side side{.road = random.uniform(3.1, 4.6), .stretches = {}};
  const bool wide = style == Style::kPark || style == Style::kCountry || style == Style::kSuburb;
  if (random.chance(style == Style::kCountry ? 0.1 : 0.45)) side.parking = random.uniform(1.9, 2.3);
  side.sidewalk = random.uniform(1.8, style == Style::kCanyon ? 4.2 : 3.0);
  if (terrain || random.chance(wide ? 0.5 : 0.12))
    (random.chance(0.5) ? side.verge : side.lawn) = random.uniform(1.4, 3.2);
  if (wide && random.chance(0.5)) side.lawn += random.uniform(1.0, 5.0);
  return side;
}

void draw_surfaces(Layout& layout, RandomStream& random) {
  layout.surface_tone = random.uniform(0.3, 0.52);
  const Rgb choices[] = {
      {0.55F, 0.55F, 0.56F}, {0.62F, 0.58F, 0.53F}, {0.47F, 0.47F, 0.5F}, {0.6F, 0.5F, 0.45F}, {0.5F, 0.52F, 0.5F}};
  layout.pavement_colour = draw_colour(choices, 0.82, 1.12, random);
  layout.grass_colour = mix(Rgb{0.32F, 0.46F, 0.18F}, Rgb{0.56F, 0.52F, 0.3F}, random.uniform(0.0, 0.8));
}

void draw_rails(Layout& layout, RandomStream& random) {
  layout.rails = true;
  layout.rails_in_road = random.chance(0.5);
  if (layout.rails_in_road) {
    layout.rails_at = -layout.left.road / 2;
    return;
  }
  // A bed of its own takes the place of the verge and parking bays on one side.
  Side& side = layout.left;
  side.parking = 0;
  side.verge = 3.4;
  layout.rails_at = -(side.kerb() + side.verge / 2);
}

}  // namespace

double Layout::middle(double z) const {
  // A circle's start, running out into a straight line so that far places stay in the picture.
  const double curved = z / (1 + std::abs(z) / 90);
  return offset + heading * z + 0.5 * bend * curved * curved;
}

double Layout::turn(double z) const { return std::atan((middle(z + 0.5) - middle(z - 0.5))); }

Pose Layout::place(double z, double across, bool back) const {
  const double yaw = turn(z);
  return {middle(z) + across * std::cos(yaw), z - across * std::sin(yaw), yaw + (back ? std::numbers::pi : 0.0), 0};
}

Layout draw_layout(const Cast& cast, RandomStream& random) {
  Layout layout;
  layout.seed = random.next();
  const double style = random.uniform();
  layout.style = style < 0.34   ? Style::kCanyon
                 : style < 0.58 ? Style::kSuburb
                 : style < 0.75 ? Style::kPark
                 : style < 0.9  ? Style::kIndustry
                                : Style::kCountry;
  const int terrain_side = random.chance(0.5) ? -1 : 1;
  layout.left = draw_side(layout.style, cast[kTerrainClass] && terrain_side < 0, random);
  layout.right = draw_side(layout.style, cast[kTerrainClass] && terrain_side > 0, random);
  layout.heading = random.uniform(-0.09, 0.09);
  layout.bend = random.uniform(-0.009, 0.009);
  layout.offset = -layout.right.road * random.uniform(0.3, 0.55);
  layout.crossing = random.chance(0.4);
  layout.crossing_z0 = random.uniform(20, 42);
  layout.crossing_z1 = layout.crossing_z0 + random.uniform(8, 13);
  draw_surfaces(layout, random);
  if (cast[kTrainClass] || random.chance(0.15)) draw_rails(layout, random);
  std::vector<Frontage> first[2];
  const std::size_t wall_side = random.below(2);
  if (cast[kWallClass]) first[wall_side].push_back(Frontage::kWall);
  if (cast[kFenceClass]) first[1 - wall_side].push_back(Frontage::kFence);
  if (cast[kVegetationClass] && random.chance(0.4)) first[random.below(2)].push_back(Frontage::kHedge);
  draw_stretches(layout.left, layout, first[0], random);
  draw_stretches(layout.right, layout, first[1], random);
  return layout;
}

}  // namespace segfold::street
