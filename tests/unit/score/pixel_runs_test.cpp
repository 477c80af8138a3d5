#include "segfold/score/pixel_runs.h"

#include <gtest/gtest.h>

#include <vector>

namespace segfold {
namespace {

TEST(EndOfRun, IsTheFirstPixelThatDiffersOrTheEnd) {
  for (std::size_t length = 1; length <= 20; ++length) {
    for (std::size_t run = 1; run <= length; ++run) {
      std::vector<std::uint8_t> pixels(length, 7);
      if (run < length) pixels[run] = 6;
      const std::uint8_t* begin = pixels.data();
      EXPECT_EQ(end_of_run(begin, begin + length) - begin, static_cast<std::ptrdiff_t>(run)) << "of " << length;
    }
  }
}

}  // namespace
}  // namespace segfold
