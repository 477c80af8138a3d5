// Plain loops that the compiler vectorises for the instruction set of the file that includes them.

namespace {

void expand(const float* row, std::int64_t /*readable*/, const std::int32_t* i0, const std::int32_t* i1, const float* w,
            float* out, int n) {
  for (int x = 0; x < n; ++x) out[x] = (1.0F - w[x]) * row[i0[x]] + w[x] * row[i1[x]];
}

void blend(const float* a, const float* b, float w, float* out, int n) {
  const float v = 1.0F - w;
  for (int x = 0; x < n; ++x) out[x] = v * a[x] + w * b[x];
}

[[maybe_unused]] void blend_argmax(const float* a, const float* b, float w, int classes, int stride, std::uint8_t* ids, int n) {
  constexpr int kBlock = 16;
  const float v = 1.0F - w;
  for (int x0 = 0; x0 < n; x0 += kBlock) {
    float best[kBlock];
    std::int32_t id[kBlock] = {};
    for (int x = 0; x < kBlock; ++x) best[x] = v * a[x0 + x] + w * b[x0 + x];
    for (int c = 1; c < classes; ++c) {
      const float* ac = a + c * stride + x0;
      const float* bc = b + c * stride + x0;
      for (int x = 0; x < kBlock; ++x) {
        const float value = v * ac[x] + w * bc[x];
        const bool larger = value > best[x];
        best[x] = larger ? value : best[x];
        id[x] = larger ? c : id[x];
      }
    }
    for (int x = 0; x < kBlock; ++x) ids[x0 + x] = static_cast<std::uint8_t>(id[x]);
  }
}

}  // namespace
