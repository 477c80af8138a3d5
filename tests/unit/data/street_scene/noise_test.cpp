#include "segfold/data/street_scene/noise.h"

#include <gtest/gtest.h>

#include <cmath>

namespace segfold::street {
namespace {

TEST(CellNoise, IsSpreadEvenlyFromZeroToOne) {
  double sum = 0;
  double squares = 0;
  for (int row = -50; row < 50; ++row) {
    for (int column = -50; column < 50; ++column) {
      const double value = cell_noise(column, row, 3);
      ASSERT_GE(value, 0);
      ASSERT_LT(value, 1);
      sum += value;
      squares += value * value;
    }
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
  EXPECT_NEAR(squares / 10000, 1.0 / 3, 0.02);
}

TEST(CellNoise, StaysTheSameFromMachineToMachine) {
  // Worked out apart from the code: another result means that every synthetic picture is another one.
  EXPECT_EQ(cell_noise(3, -2, 7), 400631284 * 0x1.0p-32);
}

TEST(CellNoise, DiffersByColumnRowAndSeed) {
  EXPECT_NE(cell_noise(1, 2, 3), cell_noise(2, 1, 3));
  EXPECT_NE(cell_noise(1, 2, 3), cell_noise(1, 3, 3));
  EXPECT_NE(cell_noise(1, 2, 3), cell_noise(1, 2, 4));
}

TEST(SmoothNoise, IsTheCellsNumberOnTheGridAndTheirMeanBetween) {
  EXPECT_DOUBLE_EQ(smooth_noise(-3, 4, 9), cell_noise(-3, 4, 9));
  const double corners = cell_noise(2, 5, 9) + cell_noise(3, 5, 9) + cell_noise(2, 6, 9) + cell_noise(3, 6, 9);
  EXPECT_DOUBLE_EQ(smooth_noise(2.5, 5.5, 9), corners / 4);
}

TEST(SmoothNoise, NeverJumps) {
  for (double u = -3; u < 3; u += 0.01) EXPECT_NEAR(smooth_noise(u, 0.3, 9), smooth_noise(u + 0.01, 0.3, 9), 0.02);
}

TEST(FractalNoise, AddsFinerNoiseThatIsHalfAsStrong) {
  EXPECT_DOUBLE_EQ(fractal_noise(1.3, 2.6, 9, 1), smooth_noise(1.3, 2.6, 9));
  EXPECT_DOUBLE_EQ(fractal_noise(1.3, 2.6, 9, 2), (smooth_noise(1.3, 2.6, 9) + 0.5 * smooth_noise(2.6, 5.2, 10)) / 1.5);
}

}  // namespace
}  // namespace segfold::street
