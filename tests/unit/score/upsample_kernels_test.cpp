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
#if defined(__x86_64__)
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
  const auto row = noise(100, 1);
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
    std::vector<float> expected(kOut);
    kUpsampleScalar.expand(row.data(), 100, i0.data(), i1.data(), w.data(), expected.data(), kOut);
    for (const UpsampleKernels* level : levels()) {
      std::vector<float> out(kOut);
      level->expand(row.data(), 100, i0.data(), i1.data(), w.data(), out.data(), kOut);
      EXPECT_EQ(out, expected);
    }
  }
}

TEST(UpsampleKernels, EveryLevelChoosesTheSameClasses) {
  constexpr int kClasses = 19;
  const auto a = noise(kClasses * kUpsampleTile, 2);
  auto b = noise(kClasses * kUpsampleTile, 3);
  std::copy(b.begin(), b.begin() + kUpsampleTile, b.begin() + 5 * kUpsampleTile);  // ties
  std::vector<std::uint8_t> expected(kUpsampleTile);
  for (const float weight : {0.0F, 0.25F, 0.7F, 1.0F}) {
    kUpsampleScalar.blend_argmax(a.data(), b.data(), weight, kClasses, kUpsampleTile, expected.data(), kUpsampleTile);
    for (const UpsampleKernels* level : levels()) {
      std::vector<std::uint8_t> ids(kUpsampleTile);
      level->blend_argmax(a.data(), b.data(), weight, kClasses, kUpsampleTile, ids.data(), kUpsampleTile);
      EXPECT_EQ(ids, expected);
    }
  }
}

}  // namespace
}  // namespace segfold
