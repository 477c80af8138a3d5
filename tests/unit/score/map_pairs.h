#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "segfold/base/random.h"
#include "segfold/base/size.h"
#include "segfold/score/compared_maps.h"

namespace segfold::testing {

using Ids = std::vector<std::uint8_t>;

/// A truth and a prediction for it.
struct MapPair {
  Size size;
  int classes = 0;
  Ids truth;
  Ids prediction;

  ComparedMaps compared() const { return compare_maps(truth, prediction, size, classes); }
};

/// A map of patches: a pixel is mostly as the one on its left or above. With `void_share` of them void.
inline Ids patches(Size size, int classes, double void_share, RandomStream& random) {
  Ids ids;
  for (std::int64_t i = 0; i < size.area(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto above = at - static_cast<std::size_t>(size.width);
    if (i % size.width > 0 && random.chance(0.6)) {
      ids.push_back(ids[at - 1]);
    } else if (i >= size.width && random.chance(0.8)) {
      ids.push_back(ids[above]);
    } else {
      ids.push_back(random.chance(void_share)
                        ? 255
                        : static_cast<std::uint8_t>(random.below(static_cast<std::uint64_t>(classes))));
    }
  }
  return ids;
}

/// Small pairs of all shapes, from single rows and columns on; predictions are right in patches.
inline MapPair random_pair(std::uint64_t key, std::int64_t longest_side) {
  RandomStream random(key);
  MapPair pair;
  const auto bound = static_cast<std::uint64_t>(longest_side);
  const auto side = [&] { return static_cast<std::int64_t>(random.chance(0.15) ? 1 : 1 + random.below(bound)); };
  pair.size = {side(), side()};
  pair.classes = static_cast<int>(1 + random.below(5));
  pair.truth = patches(pair.size, pair.classes, 0.2, random);
  pair.prediction = patches(pair.size, pair.classes, 0, random);
  const Ids wrong = patches(pair.size, 2, 0, random);
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    if (wrong[i] == 0 && pair.truth[i] != 255) pair.prediction[i] = pair.truth[i];
  }
  return pair;
}

/// Calls check(pair) for many random pairs.
template <class Check>
void for_random_pairs(const Check& check, std::int64_t longest_side = 24) {
  for (std::uint64_t key = 0; key < 300; ++key) {
    SCOPED_TRACE("pair " + std::to_string(key));
    check(random_pair(key, longest_side));
  }
}

}  // namespace segfold::testing
