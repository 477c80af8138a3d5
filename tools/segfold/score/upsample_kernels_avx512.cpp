// Compiled with -mavx512f -mavx512bw.
#include <immintrin.h>

#include "segfold/score/upsample_kernels.h"
#include "segfold/score/upsample_kernels_generic.inl"

namespace segfold {
namespace {

constexpr int kLanes = 16;

void expand_avx512(const float* row, std::int64_t readable, const std::int32_t* i0, const std::int32_t* i1,
                   const float* w, float* out, int n) {
  // 16 outputs read from at most 32 neighbouring inputs: always so when the row grows.
  const auto fits = [&](int x) { return i1[x + kLanes - 1] - i0[x] < 2 * kLanes && i0[x] + 2 * kLanes <= readable; };
  int x = 0;
  for (; x + kLanes <= n && fits(x); x += kLanes) {
    // Two loads and a permutation across both take the place of a gather, which is several times slower.
    const float* window = row + i0[x];
    const __m512 low = _mm512_loadu_ps(window);
    const __m512 high = _mm512_loadu_ps(window + kLanes);
    const __m512i base = _mm512_set1_epi32(i0[x]);
    const __m512i at0 = _mm512_sub_epi32(_mm512_loadu_si512(i0 + x), base);
    const __m512i at1 = _mm512_sub_epi32(_mm512_loadu_si512(i1 + x), base);
    const __m512 weight = _mm512_loadu_ps(w + x);
    const __m512 left =
        _mm512_mul_ps(_mm512_sub_ps(_mm512_set1_ps(1.0F), weight), _mm512_permutex2var_ps(low, at0, high));
    const __m512 right = _mm512_mul_ps(weight, _mm512_permutex2var_ps(low, at1, high));
    _mm512_storeu_ps(out + x, _mm512_add_ps(left, right));
  }
  expand(row, readable, i0 + x, i1 + x, w + x, out + x, n - x);
}

void blend_argmax_avx512(const float* a, const float* b, float w, int classes, int stride, std::uint8_t* ids, int n) {
  const __m512 right = _mm512_set1_ps(w);
  const __m512 left = _mm512_set1_ps(1.0F - w);
  const auto value = [&](const float* pa, const float* pb) {
    return _mm512_add_ps(_mm512_mul_ps(left, _mm512_loadu_ps(pa)), _mm512_mul_ps(right, _mm512_loadu_ps(pb)));
  };
  for (int x = 0; x < n; x += kLanes) {
    __m512 best = value(a + x, b + x);
    __m512i id = _mm512_setzero_si512();
    for (int c = 1; c < classes; ++c) {
      const __m512 candidate = value(a + c * stride + x, b + c * stride + x);
      const __mmask16 larger = _mm512_cmp_ps_mask(candidate, best, _CMP_GT_OQ);
      best = _mm512_mask_mov_ps(best, larger, candidate);
      id = _mm512_mask_mov_epi32(id, larger, _mm512_set1_epi32(c));
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(ids + x), _mm512_cvtepi32_epi8(id));
  }
}

}  // namespace

const UpsampleKernels kUpsampleAvx512{expand_avx512, blend, blend_argmax_avx512};

}  // namespace segfold
