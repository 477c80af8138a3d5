#pragma once

#include "segfold/data/street_scene/layout.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// What borders the street on both sides: buildings, walls, fences, hedges, what stands behind the low ones, and the
/// skyline at the street's far end.
void add_frontages(Model& model, const Layout& layout, RandomStream& random);

}  // namespace segfold::street
