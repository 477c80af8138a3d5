#include "segfold/score/upsample_kernels.h"

#include <gtest/gtest.h>

#include <vector>

#include "segfold/base/cpu.h"
#include "segfold/base/random.h"

namespace segfold {
namespace {

/// The levels that this processor has, scalar first.
std::vector<const UpsampleKernels*> levels() {
  std::vector<const UpsampleKernels*> found{&kUpsampleScalar};
#ifdef __x86_64__
  if (simd_level() != "scalar") found.push_back(&kUpsampleAvx2);
  if (simd_level() == "avx512") found.push_back(&kUpsampleAvx512);
#endif
  return found;
}

std::vector<float> noise(std::size_t count, std::uint64_t key) {
  RandomStream random(key);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

TEST(UpsampleKernels, EveryLevelExpandsToTheSameBits) {
  const auto row = noise(600, 1);  // six classes
  for (const double scale : {0.3, 0.5, 0.97, 1.0}) {
    constexpr int kOut = 99;
    std::vector<std::int32_t> i0(kOut), i1(kOut);
    std::vector<float> w(kOut);
    for (int x = 0; x < kOut; ++x) {
      i0[static_cast<std::size_t>(x)] = static_cast<std::int32_t>(x * scale);
      i1[static_cast<std::size_t>(x)] = std::min(i0[static_cast<std::size_t>(x)] + 1, 99);
      w[static_cast<std::size_t>(x)] =
          static_cast<float>(x * scale) - static_cast<float>(i0[static_cast<std::size_t>(x)]);
    }
    std::vector<float> expected(6 * kOut);
    const ColumnWeights columns{i0.data(), i1.data(), w.data()};
    kUpsampleScalar.expand({row.data(), 100}, 600, 6, columns, expected.data(), kOut, kOut);
    for (const UpsampleKernels* level : levels()) {
      std::vector<float> out(6 * kOut);
      level->expand({row.data(), 100}, 600, 6, columns, out.data(), kOut, kOut);
      EXPECT_EQ(out, expected);
    }
  }
}

TEST(UpsampleKernels, EveryLevelChoosesTheSameClasses) {
  constexpr int kClasses = 19;
  constexpr int kPixels = 64;
  const auto a = noise(kClasses * kPixels, 2);
  auto b = noise(kClasses * kPixels, 3);
  std::copy(b.begin(), b.begin() + kPixels, b.begin() + 5 * kPixels);  // ties
  const auto choose = [&](const UpsampleKernels& level, float first, float second) {
    std::vector<std::uint8_t> ids(2 * kPixels);
    std::uint8_t* const rows[2] = {ids.data(), ids.data() + kPixels};
    const float weights[2] = {first, second};
    level.blend_argmax({a.data(), kPixels}, b.data(), weights, kClasses, rows, kPixels);
    return ids;
  };
  for (const float weight : {0.0F, 0.25F, 0.7F, 1.0F}) {
    const auto expected = choose(kUpsampleScalar, weight, 1.0F - weight);
    for (const UpsampleKernels* level : levels()) EXPECT_EQ(choose(*level, weight, 1.0F - weight), expected);
  }
}

}  // namespace
}  // namespace segfold
