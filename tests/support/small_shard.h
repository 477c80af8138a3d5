#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "segfold/base/random.h"
#include "segfold/data/labels.h"
#include "segfold/data/shard.h"

namespace segfold::testing {

inline constexpr Size kNoiseImageSize{5, 7};
inline constexpr Size kNoiseLabelSize{6, 9};

/// A sample of noise, a pure function of its name: image at `image_size`, label map at `label_size` with 255 in its
/// last column (which its true size leaves out).
inline ShardSample noise_sample(const std::string& name, Size image_size, Size label_size) {
  RandomStream random(random_key({"noise sample", name}));
  ShardSample sample;
  sample.name = name;
  sample.group = name.substr(0, name.find('_'));
  sample.true_label_size = {label_size.height, label_size.width - 1};
  for (std::int64_t i = 0; i < image_size.area() * 3; ++i)
    sample.image.push_back(static_cast<std::uint8_t>(random.below(256)));
  for (std::int64_t i = 0; i < label_size.area(); ++i) {
    const bool padding = i % label_size.width == label_size.width - 1;
    sample.label.push_back(padding ? kIgnore : static_cast<std::uint8_t>(random.below(kClasses)));
  }
  return sample;
}

/// Names as Cityscapes has them, sorted: "city0_000000_000019" …, `per_city` of each city.
inline std::vector<std::string> sample_names(int cities, int per_city) {
  std::vector<std::string> names;
  for (int city = 0; city < cities; ++city) {
    for (int i = 0; i < per_city; ++i) names.push_back(fmt::format("city{}_{:06}_000019", city, i));
  }
  return names;
}

inline Seal preprocess_seal() {
  Seal seal;
  seal.tool = "preprocess";
  seal.results_version = 1;
  seal.parameters = {{"size", "5x7"}};
  seal.inputs = {{"images", std::string(64, 'a')}};
  return seal;
}

/// Writes a shard of noise samples and returns them.
inline std::vector<ShardSample> write_noise_shard(const std::filesystem::path& path,
                                                  const std::vector<std::string>& names,
                                                  Size image_size = kNoiseImageSize,
                                                  Size label_size = kNoiseLabelSize) {
  std::vector<ShardSample> samples;
  ShardWriter writer(path, image_size, label_size, static_cast<std::int64_t>(names.size()));
  for (const std::string& name : names) {
    samples.push_back(noise_sample(name, image_size, label_size));
    writer.add(samples.back());
  }
  writer.finish(preprocess_seal());
  return samples;
}

}  // namespace segfold::testing
