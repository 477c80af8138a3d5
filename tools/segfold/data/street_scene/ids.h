#pragma once

#include <bitset>

#include "segfold/data/labels.h"

namespace segfold::street {

/// Raw ids (Cityscapes) of what scenes hold.
enum RawId : int {  // NOLINT(cppcoreguidelines-use-enum-class): maps of ids hold the numbers
  kEgoVehicle = 1,
  kStatic = 4,
  kDynamic = 5,
  kRoad = 7,
  kSidewalk = 8,
  kParking = 9,
  kRailTrack = 10,
  kBuilding = 11,
  kWall = 12,
  kFence = 13,
  kPole = 17,
  kTrafficLight = 19,
  kTrafficSign = 20,
  kVegetation = 21,
  kTerrain = 22,
  kSky = 23,
  kPerson = 24,
  kRider = 25,
  kCar = 26,
  kTruck = 27,
  kBus = 28,
  kCaravan = 29,
  kTrain = 31,
  kMotorcycle = 32,
  kBicycle = 33,
};

// Train ids of the classes that not every scene shows: their places in a Cast.
inline constexpr int kWallClass = 3;
inline constexpr int kFenceClass = 4;
inline constexpr int kLightClass = 6;
inline constexpr int kSignClass = 7;
inline constexpr int kVegetationClass = 8;
inline constexpr int kTerrainClass = 9;
inline constexpr int kPersonClass = 11;
inline constexpr int kRiderClass = 12;
inline constexpr int kTruckClass = 14;
inline constexpr int kBusClass = 15;
inline constexpr int kTrainClass = 16;
inline constexpr int kMotorcycleClass = 17;
inline constexpr int kBicycleClass = 18;

/// Which classes (by train id) a scene has to show.
using Cast = std::bitset<kClasses>;

}  // namespace segfold::street
