#pragma once

#include "segfold/data/street_scene/layout.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// Puts vehicles, people, furniture and trees into a street; of the rarer classes those that `cast` names.
void populate(Model& model, const Camera& camera, const Layout& layout, const Light& light, const Cast& cast,
              RandomStream& random);

}  // namespace segfold::street
