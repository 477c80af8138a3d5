#pragma once

#include <cstdint>
#include <span>

#include "segfold/base/size.h"
#include "segfold/score/confusion.h"

namespace segfold {

/// The study's way from a network's head to a label map: logits at the head's size are upsampled bilinearly to the
/// network's input size, from there to the label's size, and each pixel takes the class of the largest logit. Both
/// upsamplings, the argmax and the counting happen in one pass over small tiles: no full-size logits ever exist.
struct UpsampleShape {
  static constexpr int kMostClasses = 64;  ///< the rows of more would leave the caches

  int classes = 0;  ///< 1 to kMostClasses
  Size head;        ///< of the logits given
  Size input;       ///< in between; a step between equal sizes is the identity
  Size output;      ///< of the label map
};

/// Predicted class of every output pixel; ties take the lowest class.
/// Half-pixel centres (align_corners = false); every SIMD level computes the same bits. LibTorch's own chain may differ
/// where the two largest logits are closer than its rounding (below 1e-5).
/// @param logits  float32 [classes, head.height, head.width], contiguous
/// @param prediction  [output.height, output.width]
void upsample_argmax(std::span<const float> logits, const UpsampleShape& shape, int threads,
                     std::span<std::uint8_t> prediction);

/// Confusion counts of the same prediction against a label map; pixels with truth 255 are dropped.
/// @param truth  first pixel of a map of at least output's size, rows `truth_stride` bytes apart
/// @throws DataError if a truth is neither a class nor 255.
ConfusionMatrix upsample_and_count(std::span<const float> logits, const UpsampleShape& shape, int threads,
                                   const std::uint8_t* truth, std::int64_t truth_stride);

}  // namespace segfold
