#pragma once

#include "segfold/base/random.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// Things on the pavement's edge. `towards_road` is +1 where the road lies to the right of the thing, else −1.
void add_lamp_post(Model& model, const Pose& pose, int towards_road, RandomStream& random);
void add_sign_post(Model& model, const Pose& pose, RandomStream& random);
/// A direction board on two posts.
void add_sign_board(Model& model, const Pose& pose, RandomStream& random);
/// A post with one or two heads, sometimes with an arm that holds another one over the road.
void add_traffic_light(Model& model, const Pose& pose, int towards_road, RandomStream& random);
/// A bin, a cabinet or an advertising column: raw id static.
void add_static_thing(Model& model, const Pose& pose, RandomStream& random);
/// A cart or a heap of bags: raw id dynamic.
void add_dynamic_thing(Model& model, const Pose& pose, RandomStream& random);

}  // namespace segfold::street
