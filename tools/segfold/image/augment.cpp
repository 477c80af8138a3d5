#include "segfold/image/augment.h"

#include <algorithm>
#include <cmath>

#include "segfold/base/ignore.h"
#include "segfold/image/checks.h"
#include "segfold/image/jitter.h"
#include "segfold/image/opencv.h"

namespace segfold {
namespace {

constexpr std::uint8_t kBlack = 0;
constexpr double kMaxFactor = 100;

/// Copies `in` to `out`, shrunk to `inner` and centred on a canvas of `fill`, then mirrored if asked.
void place(const Image& in, Size inner, int interpolation, std::uint8_t fill, bool flip, Image& out) {
  out.size = in.size;
  out.channels = in.channels;
  if (inner == in.size) {
    out.pixels.resize(in.pixels.size());
    if (flip) {
      cv::Mat target = opencv_view(out);
      cv::flip(opencv_view(in), target, 1);
    } else {
      std::ranges::copy(in.pixels, out.pixels.begin());
    }
    return;
  }
  out.pixels.assign(in.pixels.size(), fill);
  cv::Mat canvas = opencv_view(out);
  cv::Mat target = canvas(cv::Rect(static_cast<int>((in.size.width - inner.width) / 2),
                                   static_cast<int>((in.size.height - inner.height) / 2), static_cast<int>(inner.width),
                                   static_cast<int>(inner.height)));
  cv::resize(opencv_view(in), target, target.size(), 0, 0, interpolation);
  if (flip) cv::flip(canvas, canvas, 1);
}

std::int64_t scaled_side(std::int64_t side, double scale) {
  return scale >= 1 ? side : std::max<std::int64_t>(1, std::llround(scale * static_cast<double>(side)));
}

}  // namespace

void AugmentOptions::check() const {
  require_option(std::isfinite(scale_max) && scale_max > 0 && scale_max <= kMaxFactor, "--scale-max", scale_max,
                 "a number above 0 and at most 100");
  require_option(scale_min > 0 && scale_min <= scale_max, "--scale-min", scale_min,
                 "a number above 0 and at most the largest scale");
  require_option(flip >= 0 && flip <= 1, "--flip", flip, "a number from 0 to 1");
  require_option(brightness >= 0 && brightness <= kMaxFactor, "--brightness", brightness, "a number from 0 to 100");
  require_option(contrast >= 0 && contrast <= kMaxFactor, "--contrast", contrast, "a number from 0 to 100");
  require_option(saturation >= 0 && saturation <= kMaxFactor, "--saturation", saturation, "a number from 0 to 100");
  require_option(hue >= 0 && hue <= 0.5, "--hue", hue, "a number from 0 to 0.5");
}

AugmentParams draw_augment(const AugmentOptions& options, RandomStream& random) {
  const auto factor = [&](double amount) { return random.uniform(std::max(0.0, 1 - amount), 1 + amount); };
  AugmentParams params;
  params.scale = random.uniform(options.scale_min, options.scale_max);
  params.flip = random.chance(options.flip);
  params.brightness = factor(options.brightness);
  params.contrast = factor(options.contrast);
  params.saturation = factor(options.saturation);
  params.hue = random.uniform(-options.hue, options.hue);
  for (std::size_t i = params.order.size(); i > 1; --i) std::swap(params.order[i - 1], params.order[random.below(i)]);
  return params;
}

void apply_augment(const AugmentParams& params, const Image& image, const Image& label, Image& out_image,
                   Image& out_label) {
  require_sample("augment", image, label);
  const Size inner{scaled_side(image.size.height, params.scale), scaled_side(image.size.width, params.scale)};
  place(image, inner, cv::INTER_LINEAR, kBlack, params.flip, out_image);
  place(label, inner, cv::INTER_NEAREST, kIgnore, params.flip, out_label);
  jitter_colours(params, out_image);
}

}  // namespace segfold
