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
  const PixelTables tables = pixel_tables(prediction, truth, ids, categories());
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

/// Areas of some of the given values; each next pixel is of another one with the probability `change`.
template <class Map, class T>
Map areas(const std::vector<T>& values, std::int64_t width, double change, RandomStream& random) {
  Map map({1, width}, 1, values[random.below(values.size())]);
  for (std::int64_t x = 1; x < width; ++x) {
    map.at(0, x) = random.chance(change) ? values[random.below(values.size())] : map.at(0, x - 1);
  }
  return map;
}

TEST(CountPixels, CountsAreasAsItCountsEachPixel) {
  RandomStream random(random_key({"pixel_tables_test"}));
  const std::vector<std::uint8_t> labels{kRoad, kCar, kTruck, 255};
  const std::vector<std::uint16_t> of_instances{7, 26001, 26002, 65535, 1000, 1001};
  for (std::int64_t width = 0; width < 300; ++width) {
    // Changes in one of the maps alone, in all, in none.
    const auto kind = width % 5;
    const auto change = [&](int map) { return kind == map || kind == 3 ? 0.2 : 0.0; };
    const auto prediction = areas<Image>(labels, width, change(0), random);
    const auto truth = areas<Image>(labels, width, change(1), random);
    const auto ids = areas<InstanceMap>(of_instances, width, change(2), random);
    const PixelTables tables = pixel_tables(prediction, truth, ids, categories());
    const PixelTables expected = counted_slowly(prediction, truth, ids);
    ASSERT_EQ(tables.pairs, expected.pairs) << width << " pixels";
    ASSERT_EQ(tables.instances, expected.instances) << width << " pixels";
  }
}

}  // namespace
}  // namespace segfold
