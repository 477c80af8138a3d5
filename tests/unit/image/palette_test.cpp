#include "segfold/image/palette.h"

#include <gtest/gtest.h>

namespace segfold {
namespace {

TEST(Palette, GivesEachTrainIdItsColourAndLeavesIgnoredPixelsBlack) {
  const std::array<std::array<std::uint8_t, 3>, 2> colours{{{128, 64, 128}, {244, 35, 232}}};
  Image ids({1, 3}, 1);
  ids.pixels = {1, 255, 0};
  const Image picture = colour_labels(ids, colours);
  EXPECT_EQ(picture.size, (Size{1, 3}));
  EXPECT_EQ(picture.pixels, (std::vector<std::uint8_t>{244, 35, 232, 0, 0, 0, 128, 64, 128}));
}

TEST(Palette, LeavesIdsWithoutAColourBlack) {
  const std::array<std::array<std::uint8_t, 3>, 1> colours{{{1, 2, 3}}};
  EXPECT_EQ(colour_labels(Image({1, 1}, 1, 200), colours).pixels, (std::vector<std::uint8_t>{0, 0, 0}));
}

}  // namespace
}  // namespace segfold
