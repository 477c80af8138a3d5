#pragma once

#include <bitset>

#include "segfold/data/labels.h"

namespace segfold::street {

/// Raw ids (Cityscapes) of what scenes hold.
enum RawId : int {
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

/// Train ids of the classes that not every scene shows.
enum TrainId : int {
  kWallClass = 3,
  kFenceClass = 4,
  kLightClass = 6,
  kSignClass = 7,
  kVegetationClass = 8,
  kTerrainClass = 9,
  kPersonClass = 11,
  kRiderClass = 12,
  kTruckClass = 14,
  kBusClass = 15,
  kTrainClass = 16,
  kMotorcycleClass = 17,
  kBicycleClass = 18,
};

/// Which classes (by train id) a scene has to show.
using Cast = std::bitset<kClasses>;

}  // namespace segfold::street
