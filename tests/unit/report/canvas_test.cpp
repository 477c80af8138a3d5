#include "segfold/report/canvas.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/unit/report/figures.h"

namespace segfold {
namespace {

using testing::colour_at;
using testing::count_colour;
using testing::expect_error;

constexpr Colour kRed{200, 10, 20};
constexpr Colour kGreen{10, 180, 30};

TEST(Canvas, IsWhiteAndHasTwoPixelsPerUnit) {
  const Image picture = Canvas(10, 6).picture();
  EXPECT_EQ(picture.size, (Size{12, 20}));
  EXPECT_EQ(picture.channels, 3);
  EXPECT_EQ(count_colour(picture, kWhite), 240);
}

TEST(Canvas, FillsExactlyTheRectangle) {
  Canvas canvas(10, 10);
  canvas.fill({2, 3, 4, 1.5}, kRed);
  const Image picture = canvas.picture();
  EXPECT_EQ(count_colour(picture, kRed), 8 * 3);
  EXPECT_EQ(count_colour(picture, kWhite), 400 - 8 * 3);
  EXPECT_EQ(colour_at(picture, {2, 3}), kRed);
  EXPECT_EQ(colour_at(picture, {6, 3}), kWhite);
}

TEST(Canvas, HorizontalAndVerticalLinesAreSharp) {
  for (const double position : {4.0, 4.2, 4.49, 4.75}) {
    Canvas canvas(10, 10);
    canvas.line({0, position}, {10, position}, {kRed, 1, {}});
    EXPECT_EQ(count_colour(canvas.picture(), kRed), 2 * 20) << position;
    Canvas other(10, 10);
    other.line({position, 0}, {position, 10}, {kRed, 0.5, {}});
    EXPECT_EQ(count_colour(other.picture(), kRed), 20) << position;
  }
}

TEST(Canvas, CurvePassesThroughItsPoints) {
  Canvas canvas(40, 40);
  const std::vector<Point> points{{3, 30}, {18, 6}, {36, 25}};
  canvas.curve(points, {kRed, 2, {}});
  const Image picture = canvas.picture();
  for (const Point& point : points) EXPECT_EQ(colour_at(picture, point), kRed);
  EXPECT_EQ(colour_at(picture, {18, 30}), kWhite);
}

TEST(Canvas, EveryMarkerCoversItsCentre) {
  for (const Marker marker : {Marker::kCircle, Marker::kSquare, Marker::kTriangle, Marker::kDiamond,
                              Marker::kTriangleDown, Marker::kCross, Marker::kPlus}) {
    Canvas canvas(20, 20);
    canvas.marker({10, 10}, marker, 8, kRed);
    const Image picture = canvas.picture();
    EXPECT_EQ(colour_at(picture, {10, 10}), kRed);
    EXPECT_EQ(colour_at(picture, {3, 10}), kWhite);
  }
  Canvas canvas(20, 20);
  canvas.marker({10, 10}, Marker::kNone, 8, kRed);
  EXPECT_EQ(count_colour(canvas.picture(), kWhite), 1600);
}

TEST(Canvas, NearestScalingShowsEachPixelAsASquare) {
  Image small(Size{1, 2}, 3);
  for (int c = 0; c < 3; ++c) {
    small.at(0, 0, c) = kRed[static_cast<std::size_t>(c)];
    small.at(0, 1, c) = kGreen[static_cast<std::size_t>(c)];
  }
  Canvas canvas(10, 10);
  canvas.image({1, 1, 8, 4}, small, Scaling::kNearest);
  const Image picture = canvas.picture();
  EXPECT_EQ(count_colour(picture, kRed), 8 * 8);
  EXPECT_EQ(count_colour(picture, kGreen), 8 * 8);
}

TEST(Canvas, SmoothScalingKeepsAnEvenColourUpToTheEdges) {
  for (const Size size : {Size{301, 403}, Size{7, 5}}) {  // shrunk, enlarged
    Canvas canvas(30, 30);
    canvas.image({0, 0, 30, 30}, Image(size, 1, 77), Scaling::kSmooth);
    EXPECT_EQ(count_colour(canvas.picture(), {77, 77, 77}), 3600) << size.height;
  }
}

TEST(Canvas, MeasuredTextHoldsAllItsInk) {
  for (const std::string text : {"Agjy", "WWWW", "f", "0.0123456789", "école Ü"}) {
    const TextStyle style{14, Weight::kBold, kRed};
    const TextExtent extent = measure_text(text, style);
    Canvas canvas(200, 60);
    canvas.text({20, 30}, text, style);
    const Image picture = canvas.picture();
    EXPECT_LT(count_colour(picture, kWhite), picture.size.area()) << text;
    for (std::int64_t y = 0; y < picture.size.height; ++y) {
      for (std::int64_t x = 0; x < picture.size.width; ++x) {
        if (picture.at(y, x) == 255 && picture.at(y, x, 1) == 255) continue;
        const double left = static_cast<double>(x) / Canvas::kPixelsPerUnit;
        const double top = static_cast<double>(y) / Canvas::kPixelsPerUnit;
        EXPECT_GE(left, 20 - 1) << text;
        EXPECT_LE(left, 20 + extent.width + 1) << text;
        EXPECT_GE(top, 30 - extent.ascent - 0.5) << text;
        EXPECT_LE(top, 30 + extent.descent) << text;
      }
    }
  }
}

TEST(Canvas, TextIsAlignedAsAsked) {
  Canvas canvas(200, 40);
  const TextStyle style{12, Weight::kNormal, kInk};
  const double width = measure_text("value", style).width;
  canvas.text({100, 20}, "value", style, Align::kLeft);
  canvas.text({100, 20}, "value", style, Align::kCentre);
  canvas.text({100, 20}, "value", style, Align::kRight);
  EXPECT_DOUBLE_EQ(canvas.text_boxes()[0].left, 100);
  EXPECT_DOUBLE_EQ(canvas.text_boxes()[1].left, 100 - width / 2);
  EXPECT_DOUBLE_EQ(canvas.text_boxes()[2].right(), 100);
}

TEST(Canvas, TextUpwardsIsAsHighAsItIsLong) {
  Canvas canvas(100, 100);
  const TextStyle style{12, Weight::kNormal, kInk};
  canvas.text_upwards({50, 50}, "upwards", style);
  const Rectangle box = canvas.text_boxes().front();
  EXPECT_DOUBLE_EQ(box.height, measure_text("upwards", style).width);
  EXPECT_DOUBLE_EQ(box.centre().x, 50);
  EXPECT_DOUBLE_EQ(box.centre().y, 50);
}

TEST(Canvas, FittedTextIsShortenedInItsMiddle) {
  const TextStyle style{12, Weight::kNormal, kInk};
  const std::string name = "stuttgart_000012_000019_with_a_long_tail";
  EXPECT_EQ(fit_text(name, style, 1000), name);
  const std::string fitted = fit_text(name, style, 120);
  EXPECT_LE(measure_text(fitted, style).width, 120);
  EXPECT_GT(measure_text(fitted, style).width, 100);
  EXPECT_EQ(fitted.substr(0, 5), "stutt");
  EXPECT_EQ(fitted.substr(fitted.size() - 4), "tail");
  EXPECT_NE(fitted.find("…"), std::string::npos);
  EXPECT_EQ(fit_text(name, style, 0), "…");
}

TEST(Canvas, DrawsAnyBytesAsText) {
  Canvas canvas(100, 40);
  EXPECT_NO_THROW(canvas.text({5, 20}, "\xFF\xC0 a\n", {}));
  EXPECT_NO_THROW(canvas.text({5, 20}, "", {}));
  EXPECT_EQ(canvas.text_boxes().size(), 1u);
}

TEST(Canvas, EqualCallsGiveEqualPixels) {
  const auto draw = [] {
    Canvas canvas(80, 40);
    canvas.text({5.3, 20.7}, "The same", {13, Weight::kBold, kRed});
    canvas.curve(std::vector<Point>{{0, 0}, {33.3, 21.9}}, {kGreen, 1.7, {3, 2}});
    return canvas.picture();
  };
  EXPECT_EQ(draw(), draw());
}

TEST(Canvas, RefusesFiguresThatAreTooLarge) {
  expect_error<UsageError>([] { Canvas(10, 20000); }, {"40000x20", "fewer samples"});
  expect_error<UsageError>([] { Canvas(8000, 8000); }, {"16000x16000"});
  expect_error<InternalError>([] { Canvas(0, 10); }, {"10x0"});
}

TEST(Canvas, RefusesPicturesThatAreNone) {
  Canvas canvas(10, 10);
  expect_error<InternalError>([&] { canvas.image({0, 0, 10, 10}, Image{}, Scaling::kNearest); }, {"0x0"});
  expect_error<InternalError>([&] { canvas.image({0, 0, 10, 10}, Image(Size{2, 2}, 4), Scaling::kNearest); },
                              {"4 channels"});
}

TEST(Canvas, FitInsideKeepsTheShape) {
  const Rectangle wide = fit_inside({10, 20, 100, 100}, Size{100, 400});
  EXPECT_DOUBLE_EQ(wide.width, 100);
  EXPECT_DOUBLE_EQ(wide.height, 25);
  EXPECT_DOUBLE_EQ(wide.top, 57.5);
  const Rectangle tall = fit_inside({0, 0, 100, 50}, Size{200, 100});
  EXPECT_DOUBLE_EQ(tall.height, 50);
  EXPECT_DOUBLE_EQ(tall.left, 37.5);
}

}  // namespace
}  // namespace segfold
