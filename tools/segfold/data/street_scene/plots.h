#pragma once

#include <optional>
#include <vector>

#include "segfold/data/street_scene/layout.h"

namespace segfold::street {

/// A place by distance along the street and from its middle.
struct Plot {
  double z;
  double across;
};

/// Keeps account of the ground that is taken, so that no two things stand in one place.
class Plots {
 public:
  explicit Plots(const Layout& layout) : layout_(layout) {}

  /// Claims a piece of ground; false if something stands there already.
  bool claim(double z, double across, double length, double width);

  /// Claims a place near `across` up to `range` metres behind the first visible one, nearer ones sooner; nothing if a
  /// few tries found none that is free.
  std::optional<Plot> find(double across, double range, double length, double width, RandomStream& random);

  /// The nearest place along a line beside the street that every camera can see.
  double first_visible(double across) const;

 private:
  struct Taken {
    double z0, z1, left, right;
  };
  const Layout& layout_;
  std::vector<Taken> taken_;
};

}  // namespace segfold::street
