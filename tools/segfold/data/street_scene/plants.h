#pragma once

#include "segfold/base/random.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// A tree with a noisy crown. @param height  metres, trunk and crown
void add_tree(Model& model, const Pose& pose, double height, const Light& light, RandomStream& random);

/// A bush without a trunk.
void add_bush(Model& model, const Pose& pose, double height, const Light& light, RandomStream& random);

/// How leaves look on a hedge or a far-off wood: clumps, gaps and a ragged upper edge.
/// @param height  metres up to which it reaches, less what the edge's noise takes
Shader hedge_shader(double height, Rgb colour, std::uint32_t seed);

Rgb draw_leaf_colour(RandomStream& random);

}  // namespace segfold::street
