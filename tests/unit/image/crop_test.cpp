#include "segfold/image/crop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "segfold/base/error.h"
#include "segfold/image/resize.h"
#include "tests/support/expect_error.h"
#include "tests/support/expect_uniform.h"
#include "tests/support/noise_image.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::expect_uniform;
using ::segfold::testing::noise_image;

CropOptions unscaled(Size crop) { return {.crop = crop, .scale_min = 1, .scale_max = 1}; }

/// A map of one row.
Image row(std::vector<std::uint8_t> ids) {
  Image label({1, static_cast<std::int64_t>(ids.size())}, 1);
  label.pixels = std::move(ids);
  return label;
}

/// How many positions a draw without resizing took, told by how far it moved its stream.
int positions_drawn(const CropOptions& options, const Image& label, std::uint64_t key) {
  RandomStream used(key);
  draw_crop(options, label, used);
  const std::uint32_t after = used.next();
  RandomStream replayed(key);
  replayed.uniform();
  for (int positions = 1; positions < 2000; ++positions) {
    replayed.below(static_cast<std::uint64_t>(label.size.height - options.crop->height + 1));
    replayed.below(static_cast<std::uint64_t>(label.size.width - options.crop->width + 1));
    RandomStream peek = replayed;
    if (peek.next() == after) return positions;
  }
  return 0;
}

TEST(Crop, DrawsScalesUniformlyFromTheirRange) {
  const CropOptions options{.crop = Size{1, 1}, .max_class_share = 1};
  const Image label({1000, 1000}, 1);
  RandomStream random(1);
  std::vector<int> counts(15);
  for (int i = 0; i < 15000; ++i) {
    const std::int64_t height = draw_crop(options, label, random).scaled.height;
    ASSERT_TRUE(height >= 500 && height < 2000) << height;
    ++counts[static_cast<std::size_t>((height - 500) / 100)];
  }
  expect_uniform(counts);
}

TEST(Crop, TruncatesSidesAndKeepsThePicturesRatio) {
  // 1024·0.5005 = 512.5 and 2048·0.5005 = 1025.02: truncated 512 and 1025, of which the first is the smaller factor.
  EXPECT_EQ(scaled_size({1024, 2048}, 0.5005), (Size{512, 1024}));
  EXPECT_EQ(scaled_size({1024, 2048}, 1.9999), (Size{2047, 4094}));
  EXPECT_EQ(scaled_size({100, 150}, 1), (Size{100, 150}));
  // 3·1.5 = 4.5 and 5·1.5 = 7.5: truncated 4 and 7, 4/3 is the smaller factor, 5·4/3 = 6.67.
  EXPECT_EQ(scaled_size({3, 5}, 1.5), (Size{4, 7}));
  EXPECT_EQ(scaled_size({3, 5}, 0.1), (Size{1, 1}));
}

TEST(Crop, DrawsEveryPositionEquallyOften) {
  CropOptions options = unscaled({4, 5});
  options.max_class_share = 1;
  RandomStream random(2);
  std::vector<int> counts(5 * 8);
  const Image label({8, 12}, 1);
  for (int i = 0; i < 20000; ++i) {
    const Window window = draw_crop(options, label, random).window;
    ASSERT_TRUE(is_inside(window, label.size));
    ASSERT_EQ(window.size, (Size{4, 5}));
    ++counts[static_cast<std::size_t>(window.y * 8 + window.x)];
  }
  expect_uniform(counts);
}

TEST(Crop, TakesAPositionWhoseClassesAllHaveLessThanTheirLargestShare) {
  const auto drawn = [](std::vector<std::uint8_t> ids, double most) {
    CropOptions options = unscaled({1, static_cast<std::int64_t>(ids.size())});
    options.max_class_share = most;
    return positions_drawn(options, row(std::move(ids)), 3);
  };
  const int refused = 11;
  EXPECT_EQ(drawn({1, 1, 1, 2, 2}, 0.75), 1);
  EXPECT_EQ(drawn({1, 1, 1, 2}, 0.75), refused);  // not less than three quarters
  EXPECT_EQ(drawn({1, 1, 1, 2}, 0.76), 1);
  EXPECT_EQ(drawn({0, 0, 2, 2, 255, 255, 255, 255, 255, 255}, 0.75), 1);  // pixels of no class do not count
  EXPECT_EQ(drawn({0, 0, 0, 2, 255, 255, 255, 255}, 0.75), refused);
  EXPECT_EQ(drawn({4, 4, 4}, 0.999), refused);  // a single class
  EXPECT_EQ(drawn({255, 255}, 0.75), refused);  // none
  EXPECT_EQ(drawn({4, 4, 4}, 1), 1);            // any share will do
}

TEST(Crop, TriesNoMoreOftenThanItMay) {
  const Image label({6, 9}, 1, 5);
  for (const int tries : {0, 1, 10, 40}) {
    CropOptions options = unscaled({2, 3});
    options.tries = tries;
    EXPECT_EQ(positions_drawn(options, label, 4), tries + 1);
  }
}

TEST(Crop, KeepsAClassBelowItsShareAsOftenAsItsTriesAllow) {
  // Of the 91 positions on 100 columns, half of one class and half of another, five show 3 to 7 columns of the first.
  Image label({2, 100}, 1, 3);
  for (std::int64_t i = 0; i < 200; ++i) label.pixels[static_cast<std::size_t>(i)] = i % 100 < 50 ? 3 : 7;
  RandomStream random(5);
  const int draws = 40000;
  int even = 0;
  for (int i = 0; i < draws; ++i) {
    const Window window = draw_crop(unscaled({2, 10}), label, random).window;
    even += window.x >= 43 && window.x <= 47 ? 1 : 0;
  }
  const double expected = 1 - std::pow(86.0 / 91, 11);  // ten positions are looked at, the eleventh is not
  EXPECT_NEAR(static_cast<double>(even) / draws, expected, 5 * std::sqrt(expected * (1 - expected) / draws));
}

/// The largest class's share of all pixels but those of kIgnore.
double largest_share(const Image& label) {
  std::map<int, double> counts;
  double all = 0;
  for (const std::uint8_t id : label.pixels) {
    if (id == 255) continue;
    ++counts[id];
    ++all;
  }
  double largest = 0;
  for (const auto& [id, count] : counts) largest = std::max(largest, count);
  return largest / all;
}

TEST(Crop, HoldsTheLargestShareOnResizedMapsWithEnoughTries) {
  Image label({40, 80}, 1, 255);
  for (std::int64_t y = 0; y < 40; ++y) {
    for (std::int64_t x = 0; x < 70; ++x) label.at(y, x) = static_cast<std::uint8_t>(y / 16 + 3 * (x / 30));
  }
  const Image photo = noise_image(label.size, 3);
  const CropOptions options{.crop = Size{24, 30}, .max_class_share = 0.6, .tries = 1000};
  RandomStream random(6);
  Image out_photo;
  Image out_label;
  for (int i = 0; i < 300; ++i) {
    apply_crop(draw_crop(options, label, random), photo, label, out_photo, out_label);
    ASSERT_LT(largest_share(out_label), 0.6);
  }
}

TEST(Crop, IsThePartOfThePictureResizedAndPaddedBelowAndToTheRight) {
  const Image photo = noise_image({30, 50}, 3);
  const Image label = noise_image({30, 50}, 1, 19);
  const CropOptions options{.crop = Size{32, 40}, .scale_min = 0.4, .scale_max = 2.5};
  RandomStream random(7);
  Image out_photo = noise_image({60, 70}, 3);  // buffers that held something else
  Image out_label = noise_image({3, 4}, 1);
  for (int i = 0; i < 50; ++i) {
    const CropParams params = draw_crop(options, label, random);
    apply_crop(params, photo, label, out_photo, out_label);
    const Image whole_photo = resize_image(photo, params.scaled, Interpolation::kLinear);
    const Image whole_label = resize_labels(label, params.scaled);
    ASSERT_EQ(out_photo.size, (Size{32, 40}));
    ASSERT_EQ(out_label.size, (Size{32, 40}));
    for (std::int64_t y = 0; y < 32; ++y) {
      for (std::int64_t x = 0; x < 40; ++x) {
        const bool seen = y < params.scaled.height && x < params.scaled.width;
        const std::int64_t v = params.window.y + y;
        const std::int64_t u = params.window.x + x;
        ASSERT_EQ(out_label.at(y, x), seen ? whole_label.at(v, u) : 255);
        for (int c = 0; c < 3; ++c) ASSERT_EQ(out_photo.at(y, x, c), seen ? whole_photo.at(v, u, c) : 0);
      }
    }
  }
}

TEST(Crop, DrawsTheSameForTheSameKey) {
  const Image label = noise_image({30, 50}, 1, 19);
  const CropOptions options{.crop = Size{16, 16}};
  RandomStream a(8);
  RandomStream b(8);
  RandomStream c(9);
  const CropParams drawn = draw_crop(options, label, a);
  const CropParams again = draw_crop(options, label, b);
  EXPECT_EQ(drawn.scaled, again.scaled);
  EXPECT_EQ(drawn.window, again.window);
  EXPECT_NE(drawn.scaled, draw_crop(options, label, c).scaled);
}

TEST(Crop, RefusesPicturesThatDoNotFitTogetherAndADrawWithoutASize) {
  Image a;
  Image b;
  const CropParams params{{2, 2}, {2, 2}, {0, 0, {2, 2}}};
  expect_error<InternalError>([&] { apply_crop(params, Image({2, 2}, 3), Image({2, 3}, 1), a, b); }, {"2x2", "2x3"});
  RandomStream random(1);
  expect_error<InternalError>([&] { draw_crop({}, Image({2, 2}, 1), random); }, {"without a size"});
}

TEST(Crop, RefusesOptionsThatMakeNoSense) {
  const auto refuse = [](const CropOptions& options, const std::string& part) {
    expect_error<UsageError>([&] { options.check(); }, {part});
  };
  EXPECT_NO_THROW(CropOptions{}.check());
  EXPECT_NO_THROW(unscaled({512, 1024}).check());
  refuse({.scale_min = 0}, "--crop-scale-min 0;");
  refuse({.scale_min = 2.1}, "--crop-scale-min 2.1");
  refuse({.scale_max = std::numeric_limits<double>::infinity()}, "--crop-scale-max inf");
  refuse({.scale_max = std::numeric_limits<double>::quiet_NaN()}, "--crop-scale-max nan");
  refuse({.max_class_share = 0}, "--crop-max-class-share 0;");
  refuse({.max_class_share = 1.1}, "--crop-max-class-share 1.1");
  refuse({.tries = -1}, "tries -1");
  refuse({.tries = 1001}, "tries 1001");
}

}  // namespace
}  // namespace segfold
