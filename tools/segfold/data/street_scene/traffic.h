#pragma once

#include "segfold/data/street_scene/model.h"
#include "segfold/data/street_scene/plots.h"

namespace segfold::street {

/// Tram, truck and bus if `cast` names them, and cars: driving, waiting, parked and crossing.
void add_traffic(Model& model, const Camera& camera, const Layout& layout, const Cast& cast, Plots& plots,
                 RandomStream& random);

}  // namespace segfold::street
