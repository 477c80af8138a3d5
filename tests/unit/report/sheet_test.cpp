#include "segfold/report/sheet.h"

#include <gtest/gtest.h>

#include "tests/unit/report/figures.h"

namespace segfold {
namespace {

using testing::expect_clean_text;

std::vector<LegendEntry> legend(std::size_t entries) {
  std::vector<LegendEntry> made;
  for (std::size_t i = 0; i < entries; ++i) made.push_back({{}, "an experiment of some length, " + std::to_string(i)});
  return made;
}

/// Title and legend drawn on a sheet that ends with them.
Canvas header(const std::string& title, const std::vector<LegendEntry>& entries) {
  Canvas canvas(sheet::kWidth, sheet::header_bottom(title, entries));
  sheet::draw_header(canvas, title, entries);
  return canvas;
}

TEST(Sheet, HoldsTwoColumnsBetweenItsMargins) {
  EXPECT_DOUBLE_EQ(sheet::kMargin + sheet::kColumnWidth + sheet::kColumnGap + sheet::kColumnWidth + sheet::kMargin,
                   sheet::kWidth);
}

TEST(Sheet, TitleAndLegendEndWhereThePlotsBegin) {
  for (const std::size_t entries : {0, 1, 3, 12}) {
    const Canvas canvas = header("a title", legend(entries));
    EXPECT_EQ(canvas.text_boxes().size(), entries + 1);
    for (const Rectangle& box : canvas.text_boxes())
      EXPECT_LT(box.bottom(), sheet::header_bottom("a title", legend(entries)));
    expect_clean_text(canvas);
  }
}

TEST(Sheet, AnEmptyLegendTakesNoRoom) {
  EXPECT_LT(sheet::header_bottom("a title", {}), sheet::header_bottom("a title", legend(1)));
  EXPECT_LT(sheet::header_bottom("a title", legend(1)), sheet::header_bottom("a title", legend(12)));
}

TEST(Sheet, ATitleThatIsTooLongIsShortenedToItsWidth) {
  const Canvas canvas = header(std::string(400, 'W'), {});
  ASSERT_EQ(canvas.text_boxes().size(), 1U);
  EXPECT_LE(canvas.text_boxes()[0].right(), sheet::kWidth - sheet::kMargin);
}

}  // namespace
}  // namespace segfold
