#include "segfold/image/crop.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/ignore.h"
#include "segfold/image/checks.h"
#include "segfold/image/resize_window.h"

namespace segfold {
namespace {

constexpr std::uint8_t kBlack = 0;
constexpr double kMaxScale = 100;
constexpr int kMaxTries = 1000;

/// Whether each class of a map has less than `most`, below 1, of all pixels that are not kIgnore. So there are several:
/// a single one has all.
bool is_mixed(const Image& label, double most) {
  std::array<std::int64_t, 256> counts{};
  for (const std::uint8_t id : label.pixels) ++counts[id];
  const std::int64_t all = label.size.area() - counts[kIgnore];
  counts[kIgnore] = 0;
  const std::int64_t largest = *std::ranges::max_element(counts);
  return all > 0 && static_cast<double>(largest) / static_cast<double>(all) < most;
}

Window draw_window(Size scaled, Size crop, RandomStream& random) {
  const auto start = [&](std::int64_t side, std::int64_t wanted) {
    return static_cast<std::int64_t>(
        random.below(static_cast<std::uint64_t>(std::max<std::int64_t>(side - wanted, 0) + 1)));
  };
  Window window;
  window.y = start(scaled.height, crop.height);
  window.x = start(scaled.width, crop.width);
  window.size = {std::min(scaled.height, crop.height), std::min(scaled.width, crop.width)};
  return window;
}

/// A canvas of `fill` that keeps its memory.
void clear(Image& image, Size size, int channels, std::uint8_t fill) {
  image.size = size;
  image.channels = channels;
  image.pixels.assign(static_cast<std::size_t>(size.area() * channels), fill);
}

}  // namespace

void CropOptions::check() const {
  require_option(scale_max > 0 && scale_max <= kMaxScale, "--crop-scale-max", scale_max,
                 "a number above 0 and at most 100");
  require_option(scale_min > 0 && scale_min <= scale_max, "--crop-scale-min", scale_min,
                 "a number above 0 and at most the largest scale");
  require_option(max_class_share > 0 && max_class_share <= 1, "--crop-max-class-share", max_class_share,
                 "a number above 0 and at most 1");
  require_option(tries >= 0 && tries <= kMaxTries, "the number of tries", tries, "a number from 0 to 1000");
}

Size scaled_size(Size size, double scale) {
  const auto height = static_cast<double>(size.height);
  const auto width = static_cast<double>(size.width);
  const double factor = std::min(std::floor(height * scale) / height, std::floor(width * scale) / width);
  const auto side = [&](double length) { return std::max<std::int64_t>(1, std::llround(length * factor)); };
  return {side(height), side(width)};
}

CropParams draw_crop(const CropOptions& options, const Image& label, RandomStream& random) {
  if (!options.crop) throw InternalError("a crop without a size was asked for");
  CropParams params;
  params.crop = *options.crop;
  params.scaled = scaled_size(label.size, random.uniform(options.scale_min, options.scale_max));
  params.window = draw_window(params.scaled, params.crop, random);
  if (options.max_class_share >= 1) return params;
  Image seen(params.window.size, 1);
  for (int i = 0; i < options.tries; ++i) {
    resize_labels_window(label, params.scaled, params.window, seen);
    if (is_mixed(seen, options.max_class_share)) break;
    params.window = draw_window(params.scaled, params.crop, random);
  }
  return params;
}

void apply_crop(const CropParams& params, const Image& image, const Image& label, Image& out_image, Image& out_label) {
  require_sample("crop", image, label);
  clear(out_image, params.crop, image.channels, kBlack);
  clear(out_label, params.crop, label.channels, kIgnore);
  resize_image_window(image, params.scaled, params.window, out_image);
  resize_labels_window(label, params.scaled, params.window, out_label);
}

}  // namespace segfold
