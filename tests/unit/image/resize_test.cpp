#include "segfold/image/resize.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/noise_image.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::noise_image;

TEST(ResizeLabels, TakesTheSourceAtTheFloorOfTargetTimesScale) {
  const Image labels = noise_image({36, 60}, 1);
  for (const Size size : {Size{9, 15}, Size{24, 25}, Size{72, 90}, Size{7, 11}}) {
    const Image result = resize_labels(labels, size);
    for (std::int64_t y = 0; y < size.height; ++y) {
      for (std::int64_t x = 0; x < size.width; ++x) {
        ASSERT_EQ(result.at(y, x), labels.at(y * 36 / size.height, x * 60 / size.width))
            << to_string(size) << " " << y << " " << x;
      }
    }
  }
}

TEST(ResizeImage, ShrinksByTheMeanOfTheCoveredBlock) {
  const Image image = noise_image({24, 36}, 3);
  for (const int ratio : {2, 3, 4}) {
    const Size size{24 / ratio, 36 / ratio};
    const Image result = resize_image(image, size, Interpolation::kArea);
    for (std::int64_t y = 0; y < size.height; ++y) {
      for (std::int64_t x = 0; x < size.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          double sum = 0;
          for (int i = 0; i < ratio * ratio; ++i) sum += image.at(y * ratio + i / ratio, x * ratio + i % ratio, c);
          ASSERT_NEAR(result.at(y, x, c), sum / (ratio * ratio), 0.5) << ratio;
        }
      }
    }
  }
}

TEST(ResizeImage, WeighsPixelsThatABlockCoversInPart) {
  Image image({1, 3}, 1);
  image.pixels = {0, 90, 240};
  // Each target pixel covers one and a half: (0 + 90 / 2) / 1.5 and (90 / 2 + 240) / 1.5.
  EXPECT_EQ(resize_image(image, {1, 2}, Interpolation::kArea).pixels, (std::vector<std::uint8_t>{30, 190}));
}

TEST(ResizeImage, InterpolatesBetweenTheCentresOfPixels) {
  Image image({1, 2}, 1);
  image.pixels = {0, 100};
  EXPECT_EQ(resize_image(image, {1, 4}, Interpolation::kLinear).pixels, (std::vector<std::uint8_t>{0, 25, 75, 100}));
}

TEST(ResizeImage, CopiesAtTheSameSize) {
  const Image image = noise_image({5, 7}, 3);
  EXPECT_EQ(resize_image(image, {5, 7}, Interpolation::kArea), image);
  EXPECT_EQ(resize_image(image, {5, 7}, Interpolation::kLinear), image);
}

TEST(ResizeImage, RefusesEmptyPicturesAndAbsurdSizes) {
  expect_error<InternalError>([] { resize_image(Image{}, {1, 1}, Interpolation::kArea); }, {"0x0"});
  expect_error<InternalError>([] { resize_labels(Image({1, 1}, 1), {0, 4}); }, {"0x4"});
}

}  // namespace
}  // namespace segfold
