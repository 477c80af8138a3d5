// Plain loops that the compiler vectorises for the instruction set of the file that includes them.

namespace segfold {
namespace {

void expand_row(const float* row, ColumnWeights columns, float* out, int n) {
  for (int x = 0; x < n; ++x) {
    out[x] = (1.0F - columns.w[x]) * row[columns.i0[x]] + columns.w[x] * row[columns.i1[x]];
  }
}

[[maybe_unused]] void expand(ClassRow row, std::int64_t /*readable*/, int classes, ColumnWeights columns, float* out,
                             std::int64_t out_stride, int n) {
  for (int c = 0; c < classes; ++c) expand_row(row.values + c * row.stride, columns, out + c * out_stride, n);
}

void blend(const float* a, const float* b, float w, float* out, int n) {
  const float v = 1.0F - w;
  for (int x = 0; x < n; ++x) out[x] = v * a[x] + w * b[x];
}

[[maybe_unused]] void blend_argmax(ClassRow a, const float* b, const float* w, int classes, std::uint8_t* const* ids,
                                   int n) {
  constexpr int kBlock = 16;
  for (int r = 0; r < 2; ++r) {
    const float right = w[r];
    const float left = 1.0F - right;
    for (int x0 = 0; x0 < n; x0 += kBlock) {
      float best[kBlock];
      std::int32_t id[kBlock] = {};
      for (int x = 0; x < kBlock; ++x) best[x] = left * a.values[x0 + x] + right * b[x0 + x];
      for (int c = 1; c < classes; ++c) {
        const float* ac = a.values + c * a.stride + x0;
        const float* bc = b + c * a.stride + x0;
        for (int x = 0; x < kBlock; ++x) {
          const float value = left * ac[x] + right * bc[x];
          const bool larger = value > best[x];
          best[x] = larger ? value : best[x];
          id[x] = larger ? c : id[x];
        }
      }
      for (int x = 0; x < kBlock; ++x) ids[r][x0 + x] = static_cast<std::uint8_t>(id[x]);
    }
  }
}

}  // namespace
}  // namespace segfold
