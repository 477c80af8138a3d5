#pragma once

#include <string>

#include "segfold/image/image.h"

namespace segfold {

/// Largest share of a picture that evaluation occludes.
inline constexpr double kMaxOccludedShare = 0.9;

/// The mask under which every model is evaluated on a sample: 1 where it is occluded, elsewhere 0. Rectangles, drawn
/// from a stream of the sample's name alone, are laid one after the other, each pixel by pixel in rows, until exactly
/// round(share · height · width) pixels are covered. So a smaller share's mask lies inside a larger one's.
/// The rectangles are fixed in relative coordinates: a share of 0.02 to 0.1 of the picture, 1/2 to 2 times as wide as
/// high relative to the picture's shape (log-uniform), inside it, so that masks of two sizes show the same but for
/// rounding.
/// @param share  [0, kMaxOccludedShare] @param size  of the photo as the network sees it
/// @throws UsageError for another share.
Image nested_occlusion_mask(const std::string& sample, double share, Size size);

/// Covers a photo, in place, where its mask says so, by squares of 8×8 pixels in two greys, 64 and 192, like a
/// chessboard: what no training fills with.
/// @param photo  RGB, of the mask's size
void apply_nested_occlusion(const Image& mask, Image& photo);

/// Sets a label map to kIgnore, in place, where the mask, brought to its size by nearest neighbour, covers it: what is
/// left counts the visible pixels.
/// @param labels  1 channel, of any size, showing the same as the photo
void ignore_occluded(const Image& mask, Image& labels);

}  // namespace segfold
