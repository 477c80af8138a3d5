#include "segfold/score/pixel_tables.h"

#include <gtest/gtest.h>

#include "segfold/base/random.h"

namespace segfold {
namespace {

constexpr std::uint8_t kCar = 26;
constexpr std::uint8_t kTruck = 27;
constexpr std::uint8_t kRoad = 7;

std::array<std::uint8_t, kByteValues> categories() {
  std::array<std::uint8_t, kByteValues> categories{};
  categories[kCar] = categories[kTruck] = 1;
  return categories;
}

template <class Map, class T>
Map row_of(const std::vector<T>& values) {
  Map map({1, static_cast<std::int64_t>(values.size())}, 1);
  map.pixels = values;
  return map;
}

TEST(CountPixels, CountsPairsAndInstances) {
  const auto prediction = row_of<Image, std::uint8_t>({kRoad, kCar, kTruck, kRoad, 255});
  const auto truth = row_of<Image, std::uint8_t>({kRoad, kCar, kCar, kCar, kCar});
  const auto ids = row_of<InstanceMap, std::uint16_t>({kRoad, 26001, 26001, 26002, 1000});
  const PixelTables tables = count_pixels(prediction, truth, ids, categories());
  EXPECT_EQ(tables.pairs[kRoad * kByteValues + kRoad], 1);
  EXPECT_EQ(tables.pairs[kCar * kByteValues + kTruck], 1);
  EXPECT_EQ(tables.pairs[kCar * kByteValues + 255], 1);
  EXPECT_EQ(tables.instances[26001], (InstancePixels{2, 1, 2}));
  EXPECT_EQ(tables.instances[26002], (InstancePixels{1, 0, 0}));
  EXPECT_EQ(tables.instances[1000], InstancePixels{});
}

/// Pixel by pixel.
PixelTables counted_slowly(const Image& prediction, const Image& truth, const InstanceMap& ids) {
  PixelTables tables{std::vector<std::uint32_t>(kByteValues * kByteValues), std::vector<InstancePixels>(65536)};
  for (std::size_t i = 0; i < ids.pixels.size(); ++i) {
    const int p = prediction.pixels[i], id = ids.pixels[i], label = id / 1000;
    ++tables.pairs[truth.pixels[i] * kByteValues + prediction.pixels[i]];
    if (id <= 1000) continue;
    InstancePixels& instance = tables.instances[ids.pixels[i]];
    ++instance.size;
    instance.right += p == label;
    instance.right_category += categories()[prediction.pixels[i]] == categories()[static_cast<std::size_t>(label)];
  }
  return tables;
}

TEST(CountPixels, CountsAreasAsItCountsEachPixel) {
  RandomStream random(random_key({"pixel_tables_test"}));
  const std::vector<std::uint8_t> labels{kRoad, kCar, kTruck, 255};
  const std::vector<std::uint16_t> of_instances{7, 26001, 26002, 27001, 65535, 1000, 1001};
  for (const double change : {0.0, 0.01, 0.1, 1.0}) {
    for (std::int64_t width = 0; width < 60; ++width) {
      Image prediction({1, width}, 1), truth({1, width}, 1);
      InstanceMap ids({1, width}, 1);
      std::size_t p = 0, t = 0, id = 1;
      for (std::int64_t x = 0; x < width; ++x) {
        if (random.chance(change)) p = random.below(labels.size());
        if (random.chance(change)) t = random.below(labels.size());
        if (random.chance(change)) id = random.below(of_instances.size());
        prediction.at(0, x) = labels[p];
        truth.at(0, x) = labels[t];
        ids.at(0, x) = of_instances[id];
      }
      const PixelTables tables = count_pixels(prediction, truth, ids, categories());
      const PixelTables expected = counted_slowly(prediction, truth, ids);
      ASSERT_EQ(tables.pairs, expected.pairs) << width << " pixels, a change in every " << 1 / change;
      ASSERT_EQ(tables.instances, expected.instances) << width << " pixels, a change in every " << 1 / change;
    }
  }
}

}  // namespace
}  // namespace segfold
