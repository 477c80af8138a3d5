#include "segfold/report/panel.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/unit/report/figures.h"

namespace segfold {
namespace {

using testing::count_colour;
using testing::expect_clean_text;
using testing::expect_error;

constexpr Colour kPhoto{201, 101, 51};
constexpr Colour kRoad{128, 64, 128};
constexpr Colour kCar{0, 0, 142};
constexpr Colour kSky{70, 130, 180};
constexpr Colour kBlack{0, 0, 0};

Image photo_of(Size size) {
  Image photo(size, 3);
  for (std::int64_t y = 0; y < size.height; ++y) {
    for (std::int64_t x = 0; x < size.width; ++x) {
      for (int c = 0; c < 3; ++c) photo.at(y, x, c) = kPhoto[static_cast<std::size_t>(c)];
    }
  }
  return photo;
}

/// Truth: upper half sky, lower half road, its last row ignored. Prediction: all car.
PanelRow row_of(Size photo_size, Size label_size, const std::string& name = "aachen_000001_000019") {
  PanelRow row{name, "mIoU 0.125", photo_of(photo_size), Image(label_size, 1, 10), Image(label_size, 1, 13)};
  for (std::int64_t y = label_size.height / 2; y < label_size.height; ++y) {
    std::fill_n(row.truth.row(y), label_size.width, y + 1 == label_size.height ? kIgnore : 0);
  }
  return row;
}

TEST(Panel, ShowsPhotoTruthAndPredictionEquallyLarge) {
  const Canvas canvas = draw_predictions("fold 0", {row_of({60, 80}, {60, 80})}, class_names());
  const Image picture = canvas.picture();
  const std::int64_t cell = 620 * 466;  // 310 units wide at 4:3, whole units high
  const std::int64_t swatch = 44 * 24;
  EXPECT_EQ(count_colour(picture, kPhoto), cell);
  EXPECT_EQ(count_colour(picture, kCar), cell + swatch);
  EXPECT_NEAR(static_cast<double>(count_colour(picture, kSky) - swatch), cell * 0.5, 620 * 2);
  EXPECT_NEAR(static_cast<double>(count_colour(picture, kRoad) - swatch), cell * 29 / 60.0, 620 * 2);
  EXPECT_NEAR(static_cast<double>(count_colour(picture, kBlack) - swatch), cell / 60.0, 620 * 2);
}

TEST(Panel, LabelMapsHaveTheColoursOfTheirClassesAlone) {
  PanelRow row = row_of({60, 80}, {6, 8});
  std::fill_n(row.truth.row(5), 8, 0);  // nothing ignored
  const Image picture = draw_predictions("", {row}, class_names()).picture();
  EXPECT_EQ(count_colour(picture, kSky) + count_colour(picture, kRoad), 620 * 466 + 2 * 44 * 24);
}

TEST(Panel, PhotoAndLabelsMayDifferInSize) {
  const Image a = draw_predictions("", {row_of({32, 64}, {128, 256})}, class_names()).picture();
  EXPECT_EQ(count_colour(a, kPhoto), 620 * 310);
  EXPECT_EQ(count_colour(a, kCar), 620 * 310 + 44 * 24);
}

TEST(Panel, TextIsWholeAndApartForManyRowsAndLongNames) {
  std::vector<PanelRow> rows;
  for (int i = 0; i < 6; ++i) rows.push_back(row_of({30, 60}, {30, 60}, "city_00000" + std::to_string(i)));
  rows[2].name = std::string(500, 'M');
  rows[3].caption = std::string(500, 'M');
  rows[4].name = rows[4].caption = std::string(500, 'M');
  rows[5].caption = "";
  expect_clean_text(draw_predictions(std::string(300, 'W'), rows, class_names()));
}

TEST(Panel, LegendNamesOnlyTheClassesThatOccur) {
  const Canvas canvas = draw_predictions("t", {row_of({30, 60}, {30, 60})}, class_names());
  // Title, three column heads, name, score; road, sky, car, ignored.
  EXPECT_EQ(canvas.text_boxes().size(), 6u + 4u);
  EXPECT_EQ(count_colour(canvas.picture(), label_of_train_id(1).colour), 0);
}

TEST(Panel, ATallPictureBecomesNarrower) {
  const Canvas canvas = draw_predictions("t", {row_of({4000, 100}, {4000, 100})}, class_names());
  EXPECT_LT(canvas.height(), 600);
  EXPECT_GT(count_colour(canvas.picture(), kPhoto), 0);
}

TEST(Panel, EqualRowsGiveEqualPixels) {
  const auto draw = [] { return draw_predictions("t", {row_of({33, 77}, {66, 154})}, class_names()).picture(); };
  EXPECT_EQ(draw(), draw());
}

TEST(Panel, RefusesPicturesThatAreMissing) {
  PanelRow row = row_of({30, 60}, {30, 60});
  row.prediction = Image{};
  expect_error<InternalError>([&] { draw_predictions("t", {row}, class_names()); }, {"aachen_000001_000019"});
}

TEST(Panel, RefusesMoreRowsThanAPictureHolds) {
  const std::vector<PanelRow> rows(60, row_of({10, 10}, {10, 10}));
  expect_error<UsageError>([&] { draw_predictions("t", rows, class_names()); }, {"fewer samples"});
}

TEST(Panel, OverlayMixesPhotoAndColour) {
  const Image photo = photo_of({1, 2});
  Image labels(Size{1, 2}, 1, 0);
  labels.at(0, 1) = kIgnore;
  const Image overlay = overlay_labels(photo, labels, 0.5);
  EXPECT_EQ(overlay.at(0, 0, 0), 165);  // (201 + 128) / 2 = 164.5, rounded
  EXPECT_EQ(overlay.at(0, 0, 1), 83);   // (101 + 64) / 2
  EXPECT_EQ(overlay.at(0, 1, 0), 101);  // 201 / 2
  EXPECT_EQ(overlay_labels(photo, labels, 0), photo);
  expect_error<InternalError>([&] { overlay_labels(photo, Image(Size{2, 2}, 1), 0.5); }, {"differ in size"});
}

TEST(Panel, SamplesShowEachViewAsPhotoAndOverlay) {
  const PanelRow source = row_of({30, 60}, {30, 60});
  const SampleView view{"epoch 1", source.photo, source.truth};
  const Canvas canvas = draw_samples("seen", {{"a", {view, view, view}}, {"b", {view}}}, class_names());
  expect_clean_text(canvas);
  const Image picture = canvas.picture();
  EXPECT_EQ(count_colour(picture, kPhoto), 4 * 620 * 310);  // three and one views, all 310 units wide, 2:1
  expect_error<InternalError>([&] { draw_samples("seen", {{"a", {}}}, class_names()); }, {"sample a"});
}

}  // namespace
}  // namespace segfold
