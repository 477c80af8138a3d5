#include "segfold/report/class_legend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/report/figures.h"

namespace segfold {
namespace {

Image map_of(std::vector<std::uint8_t> ids) {
  Image map(Size{1, static_cast<std::int64_t>(ids.size())}, 1);
  map.pixels = std::move(ids);
  return map;
}

TEST(ClassLegend, ListsTheClassesThatOccurInTheirOrder) {
  ClassPresence presence;
  presence.add(map_of({13, 0, 0}));
  presence.add(map_of({kIgnore, 10}));
  const std::vector<Swatch> swatches = class_swatches(presence, class_names());
  ASSERT_EQ(swatches.size(), 4u);
  EXPECT_EQ(swatches[0].label, "road");
  EXPECT_EQ(swatches[0].colour, (Colour{128, 64, 128}));
  EXPECT_EQ(swatches[1].label, "sky");
  EXPECT_EQ(swatches[2].label, "car");
  EXPECT_EQ(swatches[2].colour, (Colour{0, 0, 142}));
  EXPECT_EQ(swatches[3].label, "ignored");
  EXPECT_EQ(swatches[3].colour, (Colour{0, 0, 0}));
}

TEST(ClassLegend, IgnoresIdsWithoutAName) {
  ClassPresence presence;
  presence.add(map_of({5, 18, 77}));
  EXPECT_EQ(class_swatches(presence, {"only", "three", "classes"}).size(), 0u);
}

TEST(ClassLegend, DrawsEachSwatchInItsColourAndWholeNames) {
  std::vector<Swatch> swatches;
  for (int id = 0; id < kClasses; ++id) {
    swatches.push_back({label_of_train_id(id).colour, std::string(label_of_train_id(id).name)});
  }
  for (const double width : {120.0, 400.0, 946.0}) {
    const double height = swatches_height(width, swatches);
    Canvas canvas(width + 20, height + 20);
    EXPECT_EQ(draw_swatches(canvas, {10, 10}, width, swatches), height);
    testing::expect_clean_text(canvas);
    const Image picture = canvas.picture();
    for (const Swatch& swatch : swatches) {
      EXPECT_GE(testing::count_colour(picture, swatch.colour), 44 * 24) << swatch.label;
    }
  }
}

TEST(ClassLegend, FillsItsLinesEvenly) {
  const std::vector<Swatch> swatches(11, Swatch{{1, 2, 3}, "vegetation"});
  Canvas canvas(946, 100);
  draw_swatches(canvas, {0, 0}, 946, swatches);
  const double first_line = canvas.text_boxes().front().top;
  const auto in_first_line =
      std::ranges::count_if(canvas.text_boxes(), [&](const Rectangle& box) { return box.top == first_line; });
  EXPECT_EQ(in_first_line, 6);
}

}  // namespace
}  // namespace segfold
