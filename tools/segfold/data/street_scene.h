#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "segfold/data/labels.h"
#include "segfold/image/image.h"

namespace segfold {

/// Which scene to draw. Equal requests give equal pictures with the same C library (whose sin, exp, pow and log may
/// differ from another's in the last bit), on any number of threads.
struct StreetSceneRequest {
  Size size;                     ///< at least 16 × 16; what a scene shows does not depend on it
  std::uint64_t seed = 1;        ///< of the whole data set
  std::string city;              ///< its scenes share a camera: place, focal length, bonnet
  std::int64_t frame = 0;        ///< within the city
  std::bitset<kClasses> wanted;  ///< train ids that must be seen; others appear as chance has it
};

/// A synthetic photo from a car's windscreen and its truth, as Cityscapes has them.
struct StreetScene {
  Image photo;               ///< RGB
  Image label_ids;           ///< raw ids
  InstanceMap instance_ids;  ///< id · 1000 + count for classes with instances, else the id
};

/// For each of several scenes the classes it must show, so that every class is in at least half of them.
std::vector<std::bitset<kClasses>> plan_wanted_classes(std::int64_t scenes, std::uint64_t key);

/// Draws a street in perspective: a plan of road, pavements and frontages is drawn at random, filled with things whose
/// places and sizes are in metres, and painted with light, haze, shadows, texture and sensor noise.
StreetScene draw_street_scene(const StreetSceneRequest& request);

}  // namespace segfold
