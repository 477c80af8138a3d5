#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "segfold/base/random.h"
#include "segfold/data/labels.h"
#include "segfold/data/shard.h"
#include "tests/support/small_shard.h"

namespace segfold::testing {

/// A scene that a small network learns within seconds: vertical bands of road, car and sky, each in its own colour
/// with some noise, a void column at the left. A pure function of its name.
inline ShardSample coloured_sample(const std::string& name, Size size) {
  static constexpr std::uint8_t kTrainIds[] = {0, 13, 10};
  static constexpr int kColours[3][3] = {{90, 60, 90}, {20, 20, 200}, {60, 180, 230}};
  RandomStream random(random_key({"coloured sample", name}));
  ShardSample sample;
  sample.name = name;
  sample.group = name.substr(0, name.find('_'));
  sample.true_label_size = size;
  const std::uint64_t shift = random.below(3);
  for (std::int64_t i = 0; i < size.area(); ++i) {
    const std::int64_t x = i % size.width;
    const auto band = (static_cast<std::uint64_t>(x * 3 / size.width) + shift) % 3;
    for (const int value : kColours[band])
      sample.image.push_back(static_cast<std::uint8_t>(value + static_cast<int>(random.below(25))));
    sample.label.push_back(x == 0 ? kIgnore : kTrainIds[band]);
  }
  return sample;
}

/// Writes a shard of coloured scenes. @param void_group  whose samples have no labelled pixel
inline void write_coloured_shard(const std::filesystem::path& path, const std::vector<std::string>& names,
                                 Size size = {32, 48}, const std::string& void_group = "") {
  ShardWriter writer(path, size, size, static_cast<std::int64_t>(names.size()));
  for (const std::string& name : names) {
    ShardSample sample = coloured_sample(name, size);
    if (sample.group == void_group) std::ranges::fill(sample.label, kIgnore);
    writer.add(sample);
  }
  writer.finish(preprocess_seal());
}

}  // namespace segfold::testing
