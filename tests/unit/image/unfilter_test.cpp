#include "segfold/image/unfilter.h"

#include <gtest/gtest.h>

#include "segfold/base/random.h"
#include "tests/support/made_png.h"

namespace segfold {
namespace {

using Row = std::vector<std::uint8_t>;

/// Areas of few values, each of its own length: what is left of them after filtering is mostly zeros.
Row areas(std::size_t bytes, int longest, RandomStream& random) {
  Row row;
  while (row.size() < bytes)
    row.insert(row.end(), 1 + random.below(longest), static_cast<std::uint8_t>(random.below(4) * 85));
  row.resize(bytes);
  return row;
}

Row unfiltered(int filter, Row row, const Row& above, int bytes_per_pixel) {
  EXPECT_TRUE(unfilter_row(static_cast<std::uint8_t>(filter), row, above, bytes_per_pixel));
  return row;
}

TEST(UnfilterRow, GivesBackWhatAnEncoderFiltered) {
  RandomStream random(random_key({"unfilter_test"}));
  for (int round = 0; round < 3000; ++round) {
    const int filter = static_cast<int>(random.below(5));
    const std::size_t bytes_per_pixel = 1 + random.below(2);
    const std::size_t bytes = bytes_per_pixel * (1 + random.below(150));
    const int longest = round % 2 == 0 ? 60 : 3;
    const Row row = areas(bytes, longest, random);
    const Row above = round % 3 == 0 ? row : areas(bytes, longest, random);
    const Row stored = testing::filtered(filter, row, above, bytes_per_pixel);
    ASSERT_EQ(unfiltered(filter, stored, above, static_cast<int>(bytes_per_pixel)), row)
        << "filter " << filter << ", " << bytes << " bytes, " << bytes_per_pixel << " a pixel";
  }
}

TEST(UnfilterRow, AddsWhatEachFilterPredicts) {
  const Row above{10, 20, 30, 40};
  EXPECT_EQ(unfiltered(0, {1, 2, 3, 4}, above, 1), (Row{1, 2, 3, 4}));
  EXPECT_EQ(unfiltered(1, {1, 2, 3, 255}, above, 1), (Row{1, 3, 6, 5}));
  EXPECT_EQ(unfiltered(1, {1, 2, 3, 255}, above, 2), (Row{1, 2, 4, 1}));
  EXPECT_EQ(unfiltered(2, {1, 2, 3, 250}, above, 1), (Row{11, 22, 33, 34}));
  EXPECT_EQ(unfiltered(3, {1, 2, 3, 4}, above, 1), (Row{6, 15, 25, 36}));
  EXPECT_EQ(unfiltered(4, {1, 2, 3, 4}, above, 1), (Row{11, 22, 33, 44}));
  EXPECT_EQ(unfiltered(4, {1, 2, 3, 4}, above, 2), (Row{11, 22, 33, 44}));
}

TEST(UnfilterRow, KnowsNoFilterBeyondPaeth) {
  Row row{1, 2};
  for (int filter = 5; filter < 256; ++filter) {
    EXPECT_FALSE(unfilter_row(static_cast<std::uint8_t>(filter), row, Row{9, 9}, 1));
  }
  EXPECT_EQ(row, (Row{1, 2}));
}

}  // namespace
}  // namespace segfold
