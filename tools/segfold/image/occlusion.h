#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "segfold/base/imagenet.h"
#include "segfold/base/random.h"
#include "segfold/image/image.h"
#include "segfold/image/window.h"

namespace segfold {

/// What covers an occluded part of a photo: ImageNet's mean colour, uniform noise, black, or a part of another photo.
enum class OcclusionFill { kMean, kNoise, kBlack, kPatch };

/// What becomes of the labels there: they stay, or they become kIgnore.
enum class OcclusionLabel { kKeep, kIgnored };

/// "mean", "noise", "black", "patch".
std::string occlusion_fill_name(OcclusionFill fill);

/// "keep", "ignore".
std::string occlusion_label_name(OcclusionLabel label);

/// ImageNet's mean colour, R, G, B: 124, 116, 104.
inline constexpr std::array<std::uint8_t, 3> kMeanColour = [] {
  std::array<std::uint8_t, 3> colour{};
  for (std::size_t c = 0; c < 3; ++c) colour[c] = static_cast<std::uint8_t>(255 * kImageNetMean[c] + 0.5);
  return colour;
}();

/// How training pictures are covered by rectangles at random (random erasing). Source: Zhong et al. 2020, "Random
/// erasing data augmentation", whose range of aspects is the default; areas are smaller, as there are several
/// rectangles.
struct OcclusionOptions {
  double probability = 0;       ///< that a picture is occluded, [0, 1]
  int rectangles_min = 1;       ///< rectangles of an occluded picture, they may overlap; [1, rectangles_max]
  int rectangles_max = 3;       ///< at most 1000
  double area_min = 0.02;       ///< share of the picture that one rectangle covers; above 0
  double area_max = 0.2;        ///< at most 1
  double aspect_min = 0.3;      ///< width / height of a rectangle in pixels; at least 0.01
  double aspect_max = 1 / 0.3;  ///< at most 100
  OcclusionFill fill = OcclusionFill::kMean;
  OcclusionLabel label = OcclusionLabel::kKeep;

  /// @throws UsageError naming the value that makes no sense.
  void check() const;
};

/// One rectangle.
struct OccludedBox {
  Window window;        ///< inside the picture
  double source_y = 0;  ///< [0, 1): where in the other photo a patch is taken, from its top to its bottom end
  double source_x = 0;  ///< likewise from left to right

  bool operator==(const OccludedBox&) const = default;
};

/// What was drawn for one picture; a plain value, so that any device applies the same draw.
struct OcclusionParams {
  std::vector<OccludedBox> boxes;  ///< covered in this order; none = the picture stays as it is
  OcclusionFill fill = OcclusionFill::kMean;
  OcclusionLabel label = OcclusionLabel::kKeep;
  std::uint64_t noise_key = 0;  ///< of the stream that fills with noise
  double other = 0;             ///< [0, 1): which of the other samples patches come from

  /// Whether apply_occlusion needs another photo.
  bool needs_other() const { return !boxes.empty() && fill == OcclusionFill::kPatch; }
};

/// Draws rectangles of a uniform share and a log-uniform aspect at uniform positions; one that would stick out at its
/// aspect spans the whole side and keeps its share. What is drawn does not depend on the fill, on the labels' treatment
/// or on the probability (but for whether there is any), nor do rectangles on how many there are.
/// @param size  of the picture @param random  a stream for this alone: how much is drawn depends on the options
OcclusionParams draw_occlusion(const OcclusionOptions& options, Size size, RandomStream& random);

/// Covers a photo and its label map in place.
/// @param image  RGB @param label  1 channel, of the same size @param other  RGB, at least as large as each rectangle;
///   looked at for patches only
/// @throws InternalError if sizes or channels do not fit, or another photo is needed and missing.
void apply_occlusion(const OcclusionParams& params, Image& image, Image& label, const Image* other = nullptr);

}  // namespace segfold
