#include "segfold/image/nested_occlusion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "segfold/base/error.h"
#include "segfold/image/resize.h"
#include "tests/support/expect_error.h"
#include "tests/support/noise_image.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::noise_image;

const std::string kName = "aachen_000000_000019";

std::int64_t covered(const Image& mask) { return std::ranges::count(mask.pixels, 1); }

TEST(NestedOcclusion, CoversExactlyItsShare) {
  for (const Size size : {Size{64, 128}, Size{31, 17}, Size{1, 1}, Size{1, 9}, Size{5, 1}, Size{2, 2}}) {
    for (int tenths = 0; tenths <= 9; ++tenths) {
      const Image mask = nested_occlusion_mask(kName, tenths / 10.0, size);
      EXPECT_EQ(mask.size, size);
      EXPECT_EQ(mask.channels, 1);
      EXPECT_EQ(covered(mask), std::llround(tenths / 10.0 * static_cast<double>(size.area()))) << to_string(size);
      EXPECT_EQ(std::ranges::count(mask.pixels, 0), size.area() - covered(mask));
    }
  }
}

TEST(NestedOcclusion, ASmallerShareLiesInsideALargerOne) {
  Image inner = nested_occlusion_mask(kName, 0, {48, 96});
  for (double share = 0.05; share <= kMaxOccludedShare; share += 0.05) {
    const Image outer = nested_occlusion_mask(kName, share, {48, 96});
    for (std::size_t i = 0; i < outer.pixels.size(); ++i) ASSERT_LE(inner.pixels[i], outer.pixels[i]) << share;
    inner = outer;
  }
}

TEST(NestedOcclusion, IsAFunctionOfTheNameAlone) {
  EXPECT_EQ(nested_occlusion_mask(kName, 0.4, {32, 64}), nested_occlusion_mask(kName, 0.4, {32, 64}));
  EXPECT_NE(nested_occlusion_mask(kName, 0.4, {32, 64}), nested_occlusion_mask("aachen_000001_000019", 0.4, {32, 64}));
}

TEST(NestedOcclusion, StaysWhatItWas) {
  const Image mask = nested_occlusion_mask(kName, 0.3, {8, 16});
  std::string picture;
  for (std::int64_t y = 0; y < 8; ++y) {
    for (std::int64_t x = 0; x < 16; ++x) picture += mask.at(y, x) != 0 ? '#' : '.';
    picture += '\n';
  }
  EXPECT_EQ(picture,
            "................\n"
            "..........##....\n"
            "................\n"
            ".........####...\n"
            ".........#######\n"
            ".########..#####\n"
            "....########....\n"
            "........####....\n");
}

TEST(NestedOcclusion, ShowsTheSameAtEverySize) {
  const Size small{64, 128};
  for (const Size size : {Size{128, 256}, Size{256, 256}}) {
    const Image mask = resize_labels(nested_occlusion_mask(kName, 0.4, size), small);
    const Image expected = nested_occlusion_mask(kName, 0.4, small);
    int different = 0;
    for (std::size_t i = 0; i < mask.pixels.size(); ++i) different += mask.pixels[i] != expected.pixels[i] ? 1 : 0;
    EXPECT_LT(different, small.area() / 20) << to_string(size);
  }
}

TEST(NestedOcclusion, LeavesNoPlaceAloneInAllSamples) {
  std::vector<int> counts(16 * 32);
  for (int sample = 0; sample < 400; ++sample) {
    const Image mask = nested_occlusion_mask(std::to_string(sample), 0.2, {16, 32});
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += mask.pixels[i];
  }
  EXPECT_GT(*std::ranges::min_element(counts), 0);
}

TEST(NestedOcclusion, CoversThePhotoByAChessboardOfTwoGreys) {
  const Image before = noise_image({16, 24}, 3);
  Image photo = before;
  Image mask({16, 24}, 1, 1);
  mask.at(3, 4) = 0;
  apply_nested_occlusion(mask, photo);
  for (std::int64_t y = 0; y < 16; ++y) {
    for (std::int64_t x = 0; x < 24; ++x) {
      const bool light = (y < 8) == (x >= 8 && x < 16);
      for (int c = 0; c < 3; ++c) {
        const int grey = light ? 192 : 64;
        ASSERT_EQ(photo.at(y, x, c), y == 3 && x == 4 ? before.at(y, x, c) : grey) << y << " " << x;
      }
    }
  }
  expect_error<InternalError>([&] { apply_nested_occlusion(Image({16, 23}, 1), photo); }, {"16x24", "16x23"});
}

TEST(NestedOcclusion, HidesTheOccludedLabelsOnTheirOwnGrid) {
  const Image mask = nested_occlusion_mask(kName, 0.3, {16, 32});
  Image labels({32, 64}, 1, 5);
  ignore_occluded(mask, labels);
  for (std::int64_t y = 0; y < 32; ++y) {
    for (std::int64_t x = 0; x < 64; ++x) ASSERT_EQ(labels.at(y, x), mask.at(y / 2, x / 2) != 0 ? 255 : 5);
  }
  Image shrunk({8, 16}, 1, 5);
  ignore_occluded(mask, shrunk);
  for (std::int64_t y = 0; y < 8; ++y) {
    for (std::int64_t x = 0; x < 16; ++x) ASSERT_EQ(shrunk.at(y, x), mask.at(2 * y, 2 * x) != 0 ? 255 : 5);
  }
}

TEST(NestedOcclusion, RefusesOtherShares) {
  for (const double share : {-0.1, 0.91, std::numeric_limits<double>::quiet_NaN()})
    expect_error<UsageError>([&] { nested_occlusion_mask(kName, share, {4, 4}); }, {"--occlusion", "0 to 0.9"});
}

}  // namespace
}  // namespace segfold
