#pragma once

#include <optional>

#include "segfold/base/random.h"
#include "segfold/image/image.h"
#include "segfold/image/window.h"

namespace segfold {

/// How training pictures are scaled and cropped at random. The defaults but `crop` are those of MMSegmentation's
/// recipes for Cityscapes (RandomResize with keep_ratio, RandomCrop).
struct CropOptions {
  std::optional<Size> crop;       ///< size of the crops; without it pictures stay as they are
  double scale_min = 0.5;         ///< the stored picture is resized by a factor from [scale_min, scale_max); above 0
  double scale_max = 2.0;         ///< at most 100
  double max_class_share = 0.75;  ///< of a crop's pixels that are not kIgnore, any one class has less; (0, 1], 1 = any
  int tries = 10;  ///< positions that are tried for it, the one after them is taken as it comes; [0, 1000]

  /// @throws UsageError naming the value that makes no sense.
  void check() const;
};

/// What was drawn for one picture: the part of the resized picture that is seen, and the canvas it comes to.
struct CropParams {
  Size crop;
  Size scaled;
  Window window;  ///< inside `scaled`; smaller than `crop` where `scaled` is
};

/// Size of a picture resized by a factor: sides are truncated, then made to keep the picture's ratio, as MMCV does.
Size scaled_size(Size size, double scale);

/// Draws the factor, then positions until one holds several classes of which none has too large a share.
/// @param options  with `crop` @param label  1 channel, train ids @param random  a stream for this alone: how much is
///   drawn depends on the labels
CropParams draw_crop(const CropOptions& options, const Image& label, RandomStream& random);

/// Resizes (photo bilinearly, labels by nearest neighbour) and crops, computing no more than the crop. Where the
/// resized picture is smaller, black and kIgnore fill the canvas on the right and below. (MMSegmentation pads
/// after it has normalised, with the mean colour; its recipes for Cityscapes never come to it.)
/// @param image  RGB @param label  1 channel, of the photo's size @param out_image,out_label  buffers that are reused;
///   not the inputs
/// @throws InternalError if sizes or channels do not fit.
void apply_crop(const CropParams& params, const Image& image, const Image& label, Image& out_image, Image& out_label);

}  // namespace segfold
