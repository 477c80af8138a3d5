#include "segfold/score/pixel_tables.h"

#include <algorithm>
#include <cstring>

namespace segfold {
namespace {

constexpr std::size_t kStep = 8;  // pixels that are compared at once: a label map's fill 64 bits

std::uint64_t eight_bytes(const void* values) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, values, sizeof bytes);
  return bytes;
}

/// The three values of a pixel, and whether the next eight pixels have them too.
struct Area {
  std::uint64_t prediction, truth, instance;

  Area(const std::uint8_t* p, const std::uint8_t* t, const std::uint16_t* id)
      : prediction(*p * std::uint64_t{0x0101010101010101}),
        truth(*t * std::uint64_t{0x0101010101010101}),
        instance(*id * std::uint64_t{0x0001000100010001}) {}

  bool covers(const std::uint8_t* p, const std::uint8_t* t, const std::uint16_t* id) const {
    return ((eight_bytes(p) ^ prediction) | (eight_bytes(t) ^ truth) | (eight_bytes(id) ^ instance) |
            (eight_bytes(id + 4) ^ instance)) == 0;
  }
};

}  // namespace

PixelTables pixel_tables(const Image& prediction, const Image& truth, const InstanceMap& instances,
                         const std::array<std::uint8_t, kByteValues>& category_of_label) {
  PixelTables tables;
  tables.pairs.resize(kByteValues * kByteValues);
  tables.instances.resize(std::size_t{1} << 16);
  const std::uint8_t* p = prediction.pixels.data();
  const std::uint8_t* t = truth.pixels.data();
  const std::uint16_t* ids = instances.pixels.data();
  const auto count = [&](std::size_t i, std::size_t pixels) {
    const auto n = static_cast<std::uint32_t>(pixels);
    tables.pairs[t[i] * kByteValues + p[i]] += n;
    if (ids[i] < kFirstInstance) return;
    const std::size_t label = ids[i] / kInstancesPerClass;
    InstancePixels& instance = tables.instances[ids[i]];
    instance.size += n;
    instance.right += p[i] == label ? n : 0;
    instance.right_category += category_of_label[p[i]] == category_of_label[label] ? n : 0;
  };
  const std::size_t total = truth.pixels.size();
  for (std::size_t start = 0; start < total;) {
    const Area area(p + start, t + start, ids + start);
    std::size_t i = start;
    while (i + kStep <= total && area.covers(p + i, t + i, ids + i)) i += kStep;
    if (i > start) count(start, i - start);
    // Among the next pixels the area ends. They are counted one by one, so that noise is not slower than that, but for
    // the last of them: it may begin the next area.
    for (const std::size_t end = std::min(i + kStep - 1, total); i < end; ++i) count(i, 1);
    start = i;
  }
  return tables;
}

}  // namespace segfold
