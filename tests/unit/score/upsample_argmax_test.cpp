#include "segfold/score/upsample_argmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/random.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using testing::expect_error;

std::vector<float> random_logits(int classes, Size size, std::uint64_t key) {
  RandomStream random(key);
  std::vector<float> logits(static_cast<std::size_t>(classes * size.area()));
  for (float& value : logits) value = static_cast<float>(random.normal());
  return logits;
}

/// Bilinear upsampling as its definition says, in double precision.
std::vector<double> upsample(const std::vector<double>& in, int classes, Size from, Size to) {
  const auto at = [](std::int64_t i, std::int64_t in_side, std::int64_t out_side) {
    return std::max(
        0.0, (static_cast<double>(i) + 0.5) * static_cast<double>(in_side) / static_cast<double>(out_side) - 0.5);
  };
  std::vector<double> out(static_cast<std::size_t>(classes * to.area()));
  for (int c = 0; c < classes; ++c) {
    for (std::int64_t y = 0; y < to.height; ++y) {
      for (std::int64_t x = 0; x < to.width; ++x) {
        const double sy = at(y, from.height, to.height);
        const double sx = at(x, from.width, to.width);
        const auto y0 = static_cast<std::int64_t>(sy);
        const auto x0 = static_cast<std::int64_t>(sx);
        const std::int64_t y1 = std::min(y0 + 1, from.height - 1);
        const std::int64_t x1 = std::min(x0 + 1, from.width - 1);
        const double wy = sy - static_cast<double>(y0);
        const double wx = sx - static_cast<double>(x0);
        const auto value = [&](std::int64_t yy, std::int64_t xx) {
          return in[static_cast<std::size_t>(c * from.area() + yy * from.width + xx)];
        };
        out[static_cast<std::size_t>(c * to.area() + y * to.width + x)] =
            (1 - wy) * ((1 - wx) * value(y0, x0) + wx * value(y0, x1)) +
            wy * ((1 - wx) * value(y1, x0) + wx * value(y1, x1));
      }
    }
  }
  return out;
}

/// Compares with the definition; a pixel may differ only where its two largest logits are all but equal.
void expect_the_definition(const UpsampleShape& shape, std::uint64_t key) {
  const std::vector<float> logits = random_logits(shape.classes, shape.head, key);
  std::vector<std::uint8_t> prediction(static_cast<std::size_t>(shape.output.area()));
  upsample_argmax(logits, shape, 2, prediction);
  const std::vector<double> start(logits.begin(), logits.end());
  const auto full =
      upsample(upsample(start, shape.classes, shape.head, shape.input), shape.classes, shape.input, shape.output);
  for (std::int64_t i = 0; i < shape.output.area(); ++i) {
    const auto value = [&](int c) { return full[static_cast<std::size_t>(c * shape.output.area() + i)]; };
    int best = 0;
    for (int c = 1; c < shape.classes; ++c) best = value(c) > value(best) ? c : best;
    const int got = prediction[static_cast<std::size_t>(i)];
    ASSERT_LT(value(best) - value(got), 1e-5) << "pixel " << i;
  }
}

TEST(UpsampleArgmax, FollowsTheDefinitionOverBothUpsamplings) {
  expect_the_definition({19, {8, 16}, {16, 32}, {32, 64}}, 1);
  expect_the_definition({19, {16, 150}, {32, 300}, {64, 600}}, 2);
}

TEST(UpsampleArgmax, JoinsItsTilesAndBandsWithoutASeam) {
  expect_the_definition({3, {40, 530}, {80, 1060}, {160, 2120}}, 10);
}

TEST(UpsampleArgmax, TakesOddSidesAndOddRatios) {
  expect_the_definition({5, {7, 9}, {13, 17}, {37, 141}}, 3);
  expect_the_definition({3, {1, 1}, {2, 2}, {5, 7}}, 4);
}

TEST(UpsampleArgmax, TakesEqualSizesAsTheIdentity) {
  expect_the_definition({4, {9, 11}, {9, 11}, {9, 11}}, 5);
  expect_the_definition({4, {9, 11}, {9, 11}, {27, 40}}, 6);
  expect_the_definition({4, {9, 11}, {27, 40}, {27, 40}}, 7);
}

TEST(UpsampleArgmax, TakesAnOutputSmallerThanTheInput) {
  expect_the_definition({6, {32, 300}, {64, 600}, {20, 151}}, 8);
}

TEST(UpsampleArgmax, TiesTakeTheLowestClass) {
  const UpsampleShape shape{4, {2, 2}, {4, 4}, {8, 8}};
  std::vector<float> logits(16, 1.0F);
  std::fill(logits.begin(), logits.begin() + 4, 0.0F);  // class 0 loses, 1 to 3 tie
  std::vector<std::uint8_t> prediction(64);
  upsample_argmax(logits, shape, 1, prediction);
  EXPECT_EQ(prediction, std::vector<std::uint8_t>(64, 1));
}

TEST(UpsampleArgmax, RefusesMoreClassesThanItCanHold) {
  std::vector<std::uint8_t> prediction(4);
  const std::vector<float> logits(4 * 65);
  expect_error<InternalError>([&] { upsample_argmax(logits, {65, {2, 2}, {2, 2}, {2, 2}}, 1, prediction); },
                              {"65 classes", "1 to 64"});
  expect_error<InternalError>([&] { upsample_argmax(logits, {64, {2, 2}, {2, 2}, {2, 2}}, 1, prediction); },
                              {"260 logits do not make 64 classes"});
}

TEST(UpsampleAndCount, CountsWhatUpsampleArgmaxPredicts) {
  const UpsampleShape shape{19, {20, 40}, {40, 80}, {83, 161}};
  const auto logits = random_logits(19, shape.head, 9);
  std::vector<std::uint8_t> prediction(static_cast<std::size_t>(shape.output.area()));
  upsample_argmax(logits, shape, 1, prediction);
  const std::int64_t stride = 170;  // the truth may be part of a larger map
  std::vector<std::uint8_t> truth(static_cast<std::size_t>(stride * 90), 77);
  ConfusionMatrix expected(19);
  RandomStream random(1);
  for (std::int64_t y = 0; y < shape.output.height; ++y) {
    for (std::int64_t x = 0; x < shape.output.width; ++x) {
      const auto draw = random.below(20);
      const auto id = static_cast<std::uint8_t>(draw == 19 ? 255 : draw);
      truth[static_cast<std::size_t>(y * stride + x)] = id;
      if (id != 255) ++expected.at(id, prediction[static_cast<std::size_t>(y * shape.output.width + x)]);
    }
  }
  for (const int threads : {1, 3})
    EXPECT_EQ(upsample_and_count(logits, shape, threads, truth.data(), stride), expected);
}

TEST(UpsampleAndCount, RefusesATruthThatIsNoClass) {
  const UpsampleShape shape{3, {2, 2}, {4, 4}, {8, 8}};
  std::vector<std::uint8_t> truth(64, 0);
  truth[10] = 3;
  EXPECT_THROW(upsample_and_count(random_logits(3, shape.head, 1), shape, 1, truth.data(), 8), DataError);
}

}  // namespace
}  // namespace segfold
