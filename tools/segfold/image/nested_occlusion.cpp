#include "segfold/image/nested_occlusion.h"

#include <algorithm>
#include <cmath>

#include "segfold/base/ignore.h"
#include "segfold/base/random.h"
#include "segfold/image/checks.h"
#include "segfold/image/resize.h"
#include "segfold/image/window.h"

namespace segfold {
namespace {

constexpr double kLeastArea = 0.02;
constexpr double kLargestArea = 0.1;
constexpr double kLargestAspect = 2;
constexpr std::int64_t kSquare = 8;
constexpr std::uint8_t kDark = 64;
constexpr std::uint8_t kLight = 192;

/// The next rectangle, drawn relative to the picture and rounded to the pixels of `size`; may be empty if they are few.
Window draw_rectangle(RandomStream& random, Size size) {
  const double area = random.uniform(kLeastArea, kLargestArea);
  // NOLINTNEXTLINE(modernize-use-std-numbers): that the limit is 2 is by choice
  const double aspect = std::exp(random.uniform(-std::log(kLargestAspect), std::log(kLargestAspect)));
  const double height = std::sqrt(area / aspect);
  const double width = std::sqrt(area * aspect);
  const double top = random.uniform(0, 1 - height);
  const double left = random.uniform(0, 1 - width);
  const auto pixels = [](double edge, std::int64_t side) { return std::llround(edge * static_cast<double>(side)); };
  Window window{pixels(top, size.height), pixels(left, size.width), {}};
  window.size = {pixels(top + height, size.height) - window.y, pixels(left + width, size.width) - window.x};
  return window;
}

}  // namespace

Image nested_occlusion_mask(const std::string& sample, double share, Size size) {
  require_option(share >= 0 && share <= kMaxOccludedShare, "--occlusion", share, "a number from 0 to 0.9");
  Image mask(size, 1);
  std::int64_t missing = std::llround(share * static_cast<double>(size.area()));
  RandomStream random(random_key({"nested occlusion", sample}));
  while (missing > 0) {
    const Window window = draw_rectangle(random, size);
    for (std::int64_t y = window.y; y < window.y + window.size.height; ++y) {
      std::uint8_t* row = mask.row(y) + window.x;
      for (std::int64_t x = 0; x < window.size.width && missing > 0; ++x) {
        missing -= 1 - row[x];
        row[x] = 1;
      }
    }
  }
  return mask;
}

void apply_nested_occlusion(const Image& mask, Image& photo) {
  require_sample("occlude", photo, mask);
  for (std::int64_t y = 0; y < photo.size.height; ++y) {
    for (std::int64_t x = 0; x < photo.size.width; ++x) {
      const bool light = (y / kSquare + x / kSquare) % 2 == 1;
      if (mask.at(y, x) != 0) std::fill_n(&photo.at(y, x), 3, light ? kLight : kDark);
    }
  }
}

void ignore_occluded(const Image& mask, Image& labels) {
  const Image cover = resize_labels(mask, labels.size);
  for (std::size_t i = 0; i < labels.pixels.size(); ++i) {
    if (cover.pixels[i] != 0) labels.pixels[i] = kIgnore;
  }
}

}  // namespace segfold
