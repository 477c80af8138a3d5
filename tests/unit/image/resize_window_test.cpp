#include "segfold/image/resize_window.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/image/resize.h"
#include "tests/support/expect_error.h"
#include "tests/support/noise_image.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::noise_image;

Image part_of(const Image& image, const Window& window) {
  Image part(window.size, image.channels);
  for (std::int64_t y = 0; y < window.size.height; ++y) {
    for (std::int64_t i = 0; i < window.size.width * image.channels; ++i)
      part.row(y)[i] = image.row(window.y + y)[window.x * image.channels + i];
  }
  return part;
}

Image image_window(const Image& image, Size scaled, const Window& window) {
  Image out(window.size, image.channels);
  resize_image_window(image, scaled, window, out);
  return out;
}

Image labels_window(const Image& labels, Size scaled, const Window& window) {
  Image out(window.size, 1);
  resize_labels_window(labels, scaled, window, out);
  return out;
}

/// Any window inside a picture of this size.
Window some_window(Size size, RandomStream& random) {
  const auto below = [&](std::int64_t bound) {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound)));
  };
  Window window{below(size.height), below(size.width), {}};
  window.size = {1 + below(size.height - window.y), 1 + below(size.width - window.x)};
  return window;
}

void expect_same_as_whole(Size source, Size scaled, RandomStream& random) {
  SCOPED_TRACE(to_string(source) + " resized to " + to_string(scaled));
  const Image photo = noise_image(source, 3);
  const Image labels = noise_image(source, 1);
  const Image whole_photo = resize_image(photo, scaled, Interpolation::kLinear);
  const Image whole_labels = resize_labels(labels, scaled);
  const Window all{0, 0, scaled};
  ASSERT_EQ(image_window(photo, scaled, all), whole_photo);
  ASSERT_EQ(labels_window(labels, scaled, all), whole_labels);
  for (int i = 0; i < 5; ++i) {
    const Window window = some_window(scaled, random);
    ASSERT_EQ(image_window(photo, scaled, window), part_of(whole_photo, window));
    ASSERT_EQ(labels_window(labels, scaled, window), part_of(whole_labels, window));
  }
}

TEST(ResizeWindow, IsThePartOfTheWholePictureResizedAtEveryScale) {
  RandomStream random(1);
  for (int i = 0; i < 150; ++i) {
    const double scale = random.uniform(0.3, 3);
    expect_same_as_whole({61, 94}, {static_cast<std::int64_t>(61 * scale), static_cast<std::int64_t>(94 * scale)},
                         random);
  }
}

TEST(ResizeWindow, IsThePartOfTheWholePictureResizedAtWholeRatiosAndForTinyPictures) {
  RandomStream random(2);
  for (const Size source : {Size{64, 96}, Size{1, 1}, Size{1, 24}, Size{24, 1}, Size{2, 3}}) {
    for (const std::int64_t ratio : {1, 2, 3, 4}) {
      expect_same_as_whole(source, {source.height * ratio, source.width * ratio}, random);
      expect_same_as_whole(source, {(source.height + ratio - 1) / ratio, (source.width + ratio - 1) / ratio}, random);
    }
  }
}

TEST(ResizeWindow, LeavesTheRestOfALargerCanvasAsItIs) {
  Image labels({1, 2}, 1);
  labels.pixels = {7, 8};
  Image out({2, 4}, 1, 99);
  resize_labels_window(labels, {2, 4}, {0, 1, {1, 3}}, out);
  EXPECT_EQ(out.pixels, (std::vector<std::uint8_t>{7, 8, 8, 99, 99, 99, 99, 99}));
  out.pixels.assign(8, 99);
  resize_image_window(labels, {1, 2}, {0, 0, {1, 2}}, out);
  EXPECT_EQ(out.pixels, (std::vector<std::uint8_t>{7, 8, 99, 99, 99, 99, 99, 99}));
}

TEST(ResizeWindow, RefusesWhatLiesOutsideAndWhatDoesNotFit) {
  const Image photo = noise_image({4, 4}, 3);
  Image out({4, 4}, 3);
  const auto refuse = [&](const Image& image, const Window& window, Image& canvas) {
    expect_error<InternalError>([&] { resize_image_window(image, {6, 8}, window, canvas); }, {"6x8", "row"});
    expect_error<InternalError>([&] { resize_labels_window(image, {6, 8}, window, canvas); }, {"6x8", "row"});
  };
  refuse(photo, {3, 0, {4, 4}}, out);
  refuse(photo, {0, 5, {4, 4}}, out);
  refuse(photo, {-1, 0, {4, 4}}, out);
  refuse(photo, {0, 0, {0, 4}}, out);
  refuse(photo, {0, 0, {5, 4}}, out);
  refuse(Image{}, {0, 0, {4, 4}}, out);
  Image grey({4, 4}, 1);
  refuse(photo, {0, 0, {4, 4}}, grey);
}

}  // namespace
}  // namespace segfold
