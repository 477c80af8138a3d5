#pragma once

#include <vector>

#include "segfold/data/street_scene/layout.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// The whole ground up to the horizon: road with its marks, bays, kerbs, pavements, grass and tracks.
/// `layout`, `light` and `shadows` must outlive the patch.
Patch ground_patch(const Layout& layout, const Light& light, const std::vector<Shadow>& shadows);

}  // namespace segfold::street
