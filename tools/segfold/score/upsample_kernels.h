#pragma once

#include <cstdint>

namespace segfold {

/// A row of all classes: class c starts at values + c · stride.
struct ClassRow {
  const float* values;
  std::int64_t stride;
};

/// Where the outputs of a horizontal upsampling read: out[x] = (1 − w[x]) · row[i0[x]] + w[x] · row[i1[x]].
struct ColumnWeights {
  const std::int32_t* i0;
  const std::int32_t* i1;
  const float* w;
};

/// Inner loops of upsample_argmax, once per SIMD level. No level fuses multiply and add: all compute the same bits.
struct UpsampleKernels {
  /// Expands a row of every class to n outputs, class c to out + c · out_stride. From row.values on, `readable` floats
  /// may be read, whether they matter or not.
  void (*expand)(ClassRow row, std::int64_t readable, int classes, ColumnWeights columns, float* out,
                 std::int64_t out_stride, int n);
  /// out[x] = (1 − w) · a[x] + w · b[x]
  void (*blend)(const float* a, const float* b, float w, float* out, int n);
  /// Two output rows between the same two rows a and b (of equal stride): for r in {0, 1} and x in [0, n)
  /// ids[r][x] = argmax over c of (1 − w[r]) · a[c][x] + w[r] · b[c][x], the lowest c of equals. n is a multiple of 16.
  void (*blend_argmax)(ClassRow a, const float* b, const float* w, int classes, std::uint8_t* const* ids, int n);
};

/// Output columns worked on at a time: the expanded rows of all classes stay in the second-level cache, and a source
/// row is read in pieces long enough for the prefetcher.
inline constexpr int kUpsampleTile = 2048;

extern const UpsampleKernels kUpsampleScalar;
extern const UpsampleKernels kUpsampleAvx2;
extern const UpsampleKernels kUpsampleAvx512;

/// The best level that this processor has; SEGFOLD_SIMD=scalar|avx2 in the environment chooses a lower one (for tests).
const UpsampleKernels& upsample_kernels();

}  // namespace segfold
