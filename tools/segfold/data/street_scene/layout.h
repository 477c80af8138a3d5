#pragma once

#include <vector>

#include "segfold/base/random.h"
#include "segfold/data/street_scene/geometry.h"
#include "segfold/data/street_scene/ids.h"

namespace segfold::street {

/// What borders the street along a stretch.
enum class Frontage { kBuilding, kWall, kFence, kHedge, kOpen };

struct Stretch {
  double z0, z1;
  Frontage kind;
  double height;  ///< metres; 0 where it is open
};

/// One side of the street. Widths in metres, outwards from the road's edge.
struct Side {
  double road = 0;     ///< from the road's middle to its edge
  double parking = 0;  ///< marked bays
  double verge = 0;    ///< grass between kerb and pavement
  double sidewalk = 2;
  double lawn = 0;  ///< grass between pavement and frontage
  std::vector<Stretch> stretches;

  double kerb() const { return road + parking; }
  double pavement() const { return kerb() + verge; }
  double front() const { return pavement() + sidewalk + lawn; }
};

enum class Style { kCanyon, kSuburb, kPark, kIndustry, kCountry };

/// The plan of a street: where its middle runs, what lies beside it and where another street crosses.
struct Layout {
  Style style = Style::kCanyon;
  double offset = 0;   ///< x of the road's middle at the camera
  double heading = 0;  ///< dx/dz there
  double bend = 0;     ///< curvature, 1/m
  Side left;
  Side right;
  bool crossing = false;
  double crossing_z0 = 0;
  double crossing_z1 = 0;
  bool rails = false;
  double rails_at = 0;        ///< distance of the track's middle from the road's middle, negative = left
  bool rails_in_road = true;  ///< else on a bed of its own
  double surface_tone = 0.4;  ///< brightness of the asphalt
  Rgb pavement_colour;
  Rgb grass_colour;
  std::uint32_t seed = 0;

  const Side& side(int sign) const { return sign < 0 ? left : right; }
  double middle(double z) const;
  double turn(double z) const;  ///< yaw of the street at z
  /// A place by distance along the street and from its middle, heading along it (`back`: towards the camera).
  Pose place(double z, double across, bool back = false) const;
  bool in_crossing(double z, double margin = 0) const {
    return crossing && z > crossing_z0 - margin && z < crossing_z1 + margin;
  }
};

Layout draw_layout(const Cast& cast, RandomStream& random);

}  // namespace segfold::street
