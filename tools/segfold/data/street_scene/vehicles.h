#pragma once

#include "segfold/base/random.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// Vehicles are boxes in space with a drawing on every side that can be seen; `pose` is the middle of the foot and
/// where the front points.
void add_car(Model& model, const Camera& camera, const Pose& pose, RandomStream& random);
void add_truck(Model& model, const Camera& camera, const Pose& pose, RandomStream& random);
void add_bus(Model& model, const Camera& camera, const Pose& pose, RandomStream& random);
/// A tram of two or three cars on rails.
void add_train(Model& model, const Camera& camera, const Pose& pose, RandomStream& random);
void add_caravan(Model& model, const Camera& camera, const Pose& pose, RandomStream& random);

Rgb draw_car_paint(RandomStream& random);

}  // namespace segfold::street
