#pragma once

#include <cstdint>

namespace segfold {

/// Inner loops of upsample_argmax, once per SIMD level. No level fuses multiply and add: all compute the same bits.
struct UpsampleKernels {
  /// out[x] = (1 − w[x]) · row[i0[x]] + w[x] · row[i1[x]] for x in [0, n).
  /// `readable` floats may be read from `row` on, whether they matter or not.
  void (*expand)(const float* row, std::int64_t readable, const std::int32_t* i0, const std::int32_t* i1,
                 const float* w, float* out, int n);
  /// out[x] = (1 − w) · a[x] + w · b[x]
  void (*blend)(const float* a, const float* b, float w, float* out, int n);
  /// ids[x] = argmax over c of (1 − w) · a[c · stride + x] + w · b[c · stride + x]; n ≤ kUpsampleTile, a multiple of 16
  void (*blend_argmax)(const float* a, const float* b, float w, int classes, int stride, std::uint8_t* ids, int n);
};

/// Output columns worked on at a time: two expanded rows of all classes stay in the first-level cache.
inline constexpr int kUpsampleTile = 128;

extern const UpsampleKernels kUpsampleScalar;
extern const UpsampleKernels kUpsampleAvx2;
extern const UpsampleKernels kUpsampleAvx512;

/// The best level that this processor has; SEGFOLD_SIMD=scalar|avx2 in the environment chooses a lower one (for tests).
const UpsampleKernels& upsample_kernels();

}  // namespace segfold
