#include "segfold/image/occlusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/ignore.h"
#include "segfold/image/checks.h"

namespace segfold {
namespace {

constexpr std::array<std::uint8_t, 3> kBlack{0, 0, 0};
constexpr int kMaxRectangles = 1000;
constexpr double kMaxAspect = 100;

// In the enums' order.
const std::array<std::string, 4> kFillNames{"mean", "noise", "black", "patch"};
const std::array<std::string, 2> kLabelNames{"keep", "ignore"};

/// Whole pixels whose area comes as near to `share` of the picture as whole columns let it.
Size box_size(Size picture, double share, double aspect) {
  const double area = share * static_cast<double>(picture.area());
  // Fewer rows could not hold the area, more would not leave a column for it.
  const auto fewest =
      std::min(static_cast<std::int64_t>(std::ceil(area / static_cast<double>(picture.width))), picture.height);
  const auto most = std::clamp(static_cast<std::int64_t>(area), fewest, picture.height);
  Size box;
  box.height = std::clamp(static_cast<std::int64_t>(std::sqrt(area / aspect) + 0.5), fewest, most);
  box.width = std::clamp<std::int64_t>(std::llround(area / static_cast<double>(box.height)), 1, picture.width);
  return box;
}

/// Offset of a part of length `part` in `whole`, every one equally likely. @param u  [0, 1)
std::int64_t offset(double u, std::int64_t whole, std::int64_t part) {
  return static_cast<std::int64_t>(u * static_cast<double>(whole - part + 1));
}

OccludedBox draw_box(const OcclusionOptions& options, Size size, RandomStream& random) {
  OccludedBox box;
  const double share = random.uniform(options.area_min, options.area_max);
  const double aspect = std::exp(random.uniform(std::log(options.aspect_min), std::log(options.aspect_max)));
  box.window.size = box_size(size, share, aspect);
  box.window.y = offset(random.uniform(), size.height, box.window.size.height);
  box.window.x = offset(random.uniform(), size.width, box.window.size.width);
  box.source_y = random.uniform();
  box.source_x = random.uniform();
  return box;
}

void fill_colour(const Window& box, const std::array<std::uint8_t, 3>& colour, Image& image) {
  for (std::int64_t y = box.y; y < box.y + box.size.height; ++y) {
    for (std::int64_t x = box.x; x < box.x + box.size.width; ++x) std::ranges::copy(colour, &image.at(y, x));
  }
}

/// Four bytes per number of the stream, the lowest first, each row from a new number on.
void fill_noise(const Window& box, RandomStream& random, Image& image) {
  for (std::int64_t y = box.y; y < box.y + box.size.height; ++y) {
    std::uint8_t* row = &image.at(y, box.x);
    std::uint32_t bits = 0;
    for (std::int64_t i = 0; i < 3 * box.size.width; ++i) {
      bits = i % 4 == 0 ? random.next() : bits >> 8;
      row[i] = static_cast<std::uint8_t>(bits);
    }
  }
}

void fill_patch(const OccludedBox& box, const Image& other, Image& image) {
  const Size size = box.window.size;
  if (other.channels != 3 || other.size.height < size.height || other.size.width < size.width) {
    throw InternalError(fmt::format("cannot take a patch of {} from a photo of {} and {} channels", to_string(size),
                                    to_string(other.size), other.channels));
  }
  const std::int64_t top = offset(box.source_y, other.size.height, size.height);
  const std::int64_t left = offset(box.source_x, other.size.width, size.width);
  for (std::int64_t y = 0; y < size.height; ++y) {
    const std::uint8_t* from = &other.at(top + y, left);
    std::copy(from, from + 3 * size.width, &image.at(box.window.y + y, box.window.x));
  }
}

void fill(const OccludedBox& box, const OcclusionParams& params, RandomStream& noise, const Image* other,
          Image& image) {
  switch (params.fill) {
    case OcclusionFill::kMean:
      return fill_colour(box.window, kMeanColour, image);
    case OcclusionFill::kNoise:
      return fill_noise(box.window, noise, image);
    case OcclusionFill::kBlack:
      return fill_colour(box.window, kBlack, image);
    case OcclusionFill::kPatch:
      return fill_patch(box, *other, image);
  }
}

}  // namespace

std::string occlusion_fill_name(OcclusionFill fill) { return kFillNames.at(static_cast<std::size_t>(fill)); }

std::string occlusion_label_name(OcclusionLabel label) { return kLabelNames.at(static_cast<std::size_t>(label)); }

void OcclusionOptions::check() const {
  require_option(probability >= 0 && probability <= 1, "--occlusion", probability, "a number from 0 to 1");
  require_option(rectangles_max >= 1 && rectangles_max <= kMaxRectangles, "--occlusion-rectangles-max", rectangles_max,
                 "a number from 1 to 1000");
  require_option(rectangles_min >= 1 && rectangles_min <= rectangles_max, "--occlusion-rectangles-min", rectangles_min,
                 "a number from 1 to the largest");
  require_option(area_max > 0 && area_max <= 1, "--occlusion-area-max", area_max, "a share above 0 and at most 1");
  require_option(area_min > 0 && area_min <= area_max, "--occlusion-area-min", area_min,
                 "a share above 0 and at most the largest");
  require_option(aspect_max >= 1 / kMaxAspect && aspect_max <= kMaxAspect, "--occlusion-aspect-max", aspect_max,
                 "a number from 0.01 to 100");
  require_option(aspect_min >= 1 / kMaxAspect && aspect_min <= aspect_max, "--occlusion-aspect-min", aspect_min,
                 "a number from 0.01 to the largest");
}

OcclusionParams draw_occlusion(const OcclusionOptions& options, Size size, RandomStream& random) {
  OcclusionParams params;
  params.fill = options.fill;
  params.label = options.label;
  const bool occluded = random.chance(options.probability);
  const double count = random.uniform();
  params.other = random.uniform();
  params.noise_key = (std::uint64_t{random.next()} << 32);
  params.noise_key |= random.next();
  if (!occluded) return params;
  const int choices = options.rectangles_max - options.rectangles_min + 1;
  const int boxes = options.rectangles_min + static_cast<int>(count * choices);
  for (int i = 0; i < boxes; ++i) params.boxes.push_back(draw_box(options, size, random));
  return params;
}

void apply_occlusion(const OcclusionParams& params, Image& image, Image& label, const Image* other) {
  require_sample("occlude", image, label);
  if (params.needs_other() && other == nullptr) throw InternalError("patches need another photo, and none was given");
  RandomStream noise(params.noise_key);
  for (const OccludedBox& box : params.boxes) {
    const Window& window = box.window;
    if (!is_inside(window, image.size)) {
      throw InternalError(fmt::format("cannot occlude {} at row {}, column {} of a photo of {}", to_string(window.size),
                                      window.y, window.x, to_string(image.size)));
    }
    fill(box, params, noise, other, image);
    if (params.label == OcclusionLabel::kKeep) continue;
    for (std::int64_t y = window.y; y < window.y + window.size.height; ++y)
      std::fill_n(&label.at(y, window.x), window.size.width, kIgnore);
  }
}

}  // namespace segfold
