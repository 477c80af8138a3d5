#pragma once

#include <array>

#include "segfold/base/random.h"
#include "segfold/image/image.h"

namespace segfold {

/// How training pictures vary. The defaults are the study's.
struct AugmentOptions {
  double scale_min = 0.8;   ///< least size of the picture relative to its canvas, (0, scale_max]
  double scale_max = 1.2;   ///< largest; above 1 the picture fills the canvas just as at 1
  double flip = 0.5;        ///< probability of a horizontal flip, [0, 1]
  double brightness = 0.2;  ///< colours are multiplied by a factor from [max(0, 1 − brightness), 1 + brightness]; ≥ 0
  double contrast = 0.2;    ///< likewise the distance from the picture's mean grey; ≥ 0
  double saturation = 0.2;  ///< likewise the distance from the pixel's own grey; ≥ 0
  double hue = 0.05;        ///< turn of the colour circle from [−hue, hue], in turns, [0, 0.5]

  /// @throws UsageError naming the value that makes no sense.
  void check() const;
};

enum class JitterOperation { kBrightness, kContrast, kSaturation, kHue };

/// What was drawn for one picture; a plain value, so that any device applies the same draw.
struct AugmentParams {
  double scale = 1;  ///< of the picture on its canvas; 1 and above leave it as it is
  bool flip = false;
  double brightness = 1;  ///< factors; 1 changes nothing
  double contrast = 1;
  double saturation = 1;
  double hue = 0;  ///< turns; 0 changes nothing
  std::array<JitterOperation, 4> order{JitterOperation::kBrightness, JitterOperation::kContrast,
                                       JitterOperation::kSaturation, JitterOperation::kHue};
};

/// Draws everything in a fixed order, used or not: what one option is set to never shifts what another draws.
AugmentParams draw_augment(const AugmentOptions& options, RandomStream& random);

/// Applies a draw to a photo and its label map of the same size. A picture scaled below 1 is shrunk (photo bilinear,
/// labels nearest) and centred on a canvas of the same size that is black and kIgnore; then both are flipped; then the
/// photo's colours change in the drawn order, as torchvision's ColorJitter defines the four operations, in float,
/// clamped after each, rounded once at the end. A draw that changes nothing copies the input exactly.
/// @param image  RGB @param label  1 channel @param out_image,out_label  buffers that are reused; not the inputs
/// @throws InternalError if sizes or channels do not fit.
void apply_augment(const AugmentParams& params, const Image& image, const Image& label, Image& out_image,
                   Image& out_label);

}  // namespace segfold
