#include "segfold/score/compared_maps.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/unit/score/map_pairs.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::Ids;

TEST(ComparedMaps, HaveAFrameOfVoidAndThePicturesWithin) {
  const ComparedMaps maps = compare_maps(Ids{0, 1, 2, 0, 1, 255}, Ids{1, 1, 1, 2, 2, 2}, {2, 3}, 3);
  ASSERT_EQ(maps.truth.size, (Size{6, 7}));
  for (std::int64_t y = 0; y < 6; ++y) {
    for (std::int64_t x = 0; x < 7; ++x) {
      if (y >= 2 && y < 4 && x >= 2 && x < 5) continue;
      EXPECT_EQ(maps.truth.at(y, x), 255);
      EXPECT_EQ(maps.prediction.at(y, x), 255);
    }
  }
  EXPECT_EQ(maps.truth.at(2, 3), 1);
  EXPECT_EQ(maps.truth.at(3, 3), 1);
  EXPECT_EQ(maps.prediction.at(2, 2), 1);
  EXPECT_EQ(maps.prediction.at(3, 2), 2);
}

TEST(ComparedMaps, ThePredictionIsVoidWhereTheTruthIs) {
  const ComparedMaps maps = compare_maps(Ids{0, 255, 1}, Ids{0, 1, 0}, {1, 3}, 2);
  EXPECT_EQ(maps.prediction.at(2, 2), 0);
  EXPECT_EQ(maps.prediction.at(2, 3), 255);
  EXPECT_EQ(maps.prediction.at(2, 4), 0);
}

TEST(ComparedMaps, IdsBeyondTheClassesAreRefusedWithTheirPlace) {
  expect_error<DataError>([] { compare_maps(Ids{0, 0, 3, 0}, Ids{0, 0, 1, 0}, {2, 2}, 3); },
                          {"row 1, column 0", "truth 3", "below 3"});
  expect_error<DataError>([] { compare_maps(Ids{0, 255, 0, 1}, Ids{0, 9, 0, 3}, {2, 2}, 3); },
                          {"row 1, column 1", "prediction 3"});
  expect_error<DataError>([] { compare_maps(Ids{0}, Ids{255}, {1, 1}, 3); }, {"prediction 255"});
  EXPECT_NO_THROW(compare_maps(Ids{255}, Ids{200}, {1, 1}, 3));
}

TEST(ComparedMaps, MapsOfAnotherSizeAreABug) {
  EXPECT_THROW(compare_maps(Ids{0, 1}, Ids{0, 1, 1}, {1, 2}, 2), InternalError);
  EXPECT_THROW(compare_maps(Ids{0, 1}, Ids{0, 1}, {2, 2}, 2), InternalError);
}

}  // namespace
}  // namespace segfold
