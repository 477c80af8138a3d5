#include "segfold/report/cairo_support.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/noise_image.h"
#include "tests/unit/report/figures.h"

namespace segfold::cairo {
namespace {

using testing::count_colour;
using testing::expect_error;

TEST(CairoSupport, PicturesComeBackAsTheyWent) {
  const Image picture = testing::noise_image({5, 7}, 3);
  EXPECT_EQ(picture_of(surface_of(picture).get()), picture);
}

TEST(CairoSupport, GreyPicturesComeBackWithThreeEqualChannels) {
  const Image grey = testing::noise_image({4, 3}, 1);
  const Image picture = picture_of(surface_of(grey).get());
  ASSERT_EQ(picture.channels, 3);
  for (std::int64_t y = 0; y < 4; ++y) {
    for (std::int64_t x = 0; x < 3; ++x) {
      for (int channel = 0; channel < 3; ++channel) EXPECT_EQ(picture.at(y, x, channel), grey.at(y, x));
    }
  }
}

TEST(CairoSupport, RefusesPicturesThatItCannotDraw) {
  expect_error<InternalError>([] { surface_of(Image({2, 3}, 4)); }, {"2x3", "4 channels"});
  expect_error<InternalError>([] { surface_of(Image()); }, {"0x0"});
}

TEST(CairoSupport, TellsMissingMemoryFromOtherFailures) {
  EXPECT_NO_THROW(require_success(CAIRO_STATUS_SUCCESS));
  EXPECT_THROW(require_success(CAIRO_STATUS_NO_MEMORY), std::bad_alloc);
  expect_error<InternalError>([] { require_success(CAIRO_STATUS_INVALID_STRING); }, {"drawing failed: "});
  expect_error<InternalError>([] { make_surface(100'000, 1); }, {"drawing failed: "});
}

TEST(CairoSupport, AUnitIsTwoPixelsEachWay) {
  const SurfacePointer surface = make_surface(20, 20);
  const ContextPointer context = make_context(surface.get());
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  cairo_rectangle(context.get(), 2, 3, 1, 4);
  cairo_fill(context.get());
  EXPECT_EQ(count_colour(picture_of(surface.get()), kWhite), 2 * 8);
}

TEST(CairoSupport, TheExtentOfTextGrowsWithItsSize) {
  const SurfacePointer surface = make_surface(1, 1);
  const ContextPointer context = make_context(surface.get());
  const TextExtent small = extent_of(context.get(), "mIoU", {11, Weight::kNormal, kInk});
  const TextExtent large = extent_of(context.get(), "mIoU", {22, Weight::kNormal, kInk});
  constexpr double kTolerance = 0.05;  // units: glyphs are placed to a fraction of a pixel
  EXPECT_NEAR(large.width, 2 * small.width, kTolerance);
  EXPECT_NEAR(large.height(), 2 * small.height(), kTolerance);
  EXPECT_GT(extent_of(context.get(), "mIoU", {11, Weight::kBold, kInk}).width, small.width);
  EXPECT_GT(extent_of(context.get(), "mIoUs", {11, Weight::kNormal, kInk}).width, small.width);
}

}  // namespace
}  // namespace segfold::cairo
