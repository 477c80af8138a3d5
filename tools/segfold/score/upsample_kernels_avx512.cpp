// Compiled with -mavx512f -mavx512bw -mavx512vl.
#include <immintrin.h>

#include "segfold/score/upsample_kernels.h"
#include "segfold/score/upsample_kernels_generic.inl"

namespace segfold {
namespace {

constexpr int kLanes = 16;

/// 16 outputs of some neighbouring classes from windows of 32 neighbouring inputs: two loads and a permutation across
/// both take the place of a gather, which is several times slower.
template <int kClasses>
void expand_16(const float* window, std::int64_t stride, ColumnWeights columns, int x, float* out,
               std::int64_t out_stride) {
  const __m512i base = _mm512_set1_epi32(columns.i0[x]);
  const __m512i at0 = _mm512_sub_epi32(_mm512_loadu_si512(columns.i0 + x), base);
  const __m512i at1 = _mm512_sub_epi32(_mm512_loadu_si512(columns.i1 + x), base);
  const __m512 right = _mm512_loadu_ps(columns.w + x);
  const __m512 left = _mm512_sub_ps(_mm512_set1_ps(1.0F), right);
  for (int c = 0; c < kClasses; ++c) {
    const __m512 low = _mm512_loadu_ps(window + c * stride);
    const __m512 high = _mm512_loadu_ps(window + c * stride + kLanes);
    const __m512 a = _mm512_mul_ps(left, _mm512_permutex2var_ps(low, at0, high));
    const __m512 b = _mm512_mul_ps(right, _mm512_permutex2var_ps(low, at1, high));
    _mm512_storeu_ps(out + c * out_stride, _mm512_add_ps(a, b));
  }
}

/// The first n outputs, a multiple of 16, of some neighbouring classes. Their successors' inputs are fetched meanwhile:
/// planes lie far apart, and the processor does not guess which comes next.
template <int kClasses>
void expand_classes(ClassRow row, ColumnWeights columns, float* out, std::int64_t out_stride, int n) {
  for (int x = 0; x < n; x += kLanes) {
    const float* window = row.values + columns.i0[x];
    for (int c = 0; c < kClasses; ++c) {
      _mm_prefetch(reinterpret_cast<const char*>(window + (c + kClasses) * row.stride), _MM_HINT_T0);
    }
    expand_16<kClasses>(window, row.stride, columns, x, out + x, out_stride);
  }
}

void expand_avx512(ClassRow row, std::int64_t readable, int classes, ColumnWeights columns, float* out,
                   std::int64_t out_stride, int n) {
  // 16 outputs read from at most 32 neighbouring inputs: always so when the row grows.
  const std::int64_t last_class = (classes - 1) * row.stride;
  const auto fits = [&](int x) {
    return columns.i1[x + kLanes - 1] - columns.i0[x] < 2 * kLanes &&
           last_class + columns.i0[x] + 2 * std::int64_t{kLanes} <= readable;
  };
  int whole = 0;
  while (whole + kLanes <= n && fits(whole)) whole += kLanes;
  // Few classes at a time: planes often lie a power of two apart and would push each other out of the cache.
  constexpr int kGroup = 4;
  int c = 0;
  for (; c + kGroup <= classes; c += kGroup) {
    expand_classes<kGroup>({row.values + c * row.stride, row.stride}, columns, out + c * out_stride, out_stride, whole);
  }
  for (; c < classes; ++c) {
    expand_classes<1>({row.values + c * row.stride, row.stride}, columns, out + c * out_stride, out_stride, whole);
  }
  const ColumnWeights rest{columns.i0 + whole, columns.i1 + whole, columns.w + whole};
  for (c = 0; c < classes; ++c) expand_row(row.values + c * row.stride, rest, out + c * out_stride + whole, n - whole);
}

/// Largest value so far and its class, of 16 pixels.
struct Best {
  __m512 value = _mm512_setzero_ps();
  __m512i id = _mm512_setzero_si512();

  void take(__m512 candidate, __m512i c) {
    id = _mm512_mask_mov_epi32(id, _mm512_cmp_ps_mask(candidate, value, _CMP_GT_OQ), c);
    value = _mm512_max_ps(candidate, value);  // the second where they do not compare, as the mask says
  }
  void store(std::uint8_t* ids) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(ids), _mm512_cvtepi32_epi8(id)); }
};

void blend_argmax_avx512(ClassRow a, const float* b, const float* w, int classes, std::uint8_t* const* ids, int n) {
  const __m512 right0 = _mm512_set1_ps(w[0]);
  const __m512 right1 = _mm512_set1_ps(w[1]);
  const __m512 left0 = _mm512_set1_ps(1.0F - w[0]);
  const __m512 left1 = _mm512_set1_ps(1.0F - w[1]);
  const auto blended = [](__m512 left, __m512 va, __m512 right, __m512 vb) {
    return _mm512_add_ps(_mm512_mul_ps(left, va), _mm512_mul_ps(right, vb));
  };
  for (int x = 0; x < n; x += kLanes) {
    const float* pa = a.values + x;
    const float* pb = b + x;
    __m512 va = _mm512_loadu_ps(pa);
    __m512 vb = _mm512_loadu_ps(pb);
    Best upper{blended(left0, va, right0, vb)};
    Best lower{blended(left1, va, right1, vb)};
    for (int c = 1; c < classes; ++c) {
      pa += a.stride;
      pb += a.stride;
      va = _mm512_loadu_ps(pa);
      vb = _mm512_loadu_ps(pb);
      const __m512i id = _mm512_set1_epi32(c);
      upper.take(blended(left0, va, right0, vb), id);
      lower.take(blended(left1, va, right1, vb), id);
    }
    upper.store(ids[0] + x);
    lower.store(ids[1] + x);
  }
}

}  // namespace

const UpsampleKernels kUpsampleAvx512{expand_avx512, blend, blend_argmax_avx512};

}  // namespace segfold
