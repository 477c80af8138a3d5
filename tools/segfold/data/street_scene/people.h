#pragma once

#include "segfold/base/random.h"
#include "segfold/data/street_scene/model.h"

namespace segfold::street {

/// Somebody on foot, standing or walking.
void add_person(Model& model, const Pose& pose, RandomStream& random);

/// `pose` heads where the vehicle would go: seen from the side, from behind or from ahead.
void add_bicycle(Model& model, const Pose& pose, RandomStream& random);
void add_motorcycle(Model& model, const Pose& pose, RandomStream& random);

/// A two-wheeler (`mount` is kBicycle or kMotorcycle) with its rider.
void add_rider(Model& model, const Pose& pose, int mount, RandomStream& random);

}  // namespace segfold::street
