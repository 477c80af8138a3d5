#pragma once

#include <cstdint>
#include <span>

#include "segfold/image/image.h"

namespace segfold {

/// Truth and prediction of one picture as the scores of boundaries and objects see them. Where the truth is void (255)
/// the prediction is void, too: what is predicted there never counts, nor does it cut or join what lies beside it.
/// Around both lies a frame of void, so that a pixel's neighbours can be looked up without asking where the picture
/// ends.
struct ComparedMaps {
  static constexpr std::int64_t kFrame = 2;  ///< pixels on each side

  Size size;         ///< of the picture, without the frame
  int classes = 0;   ///< train ids are below it
  Image truth;       ///< [height + 2 · kFrame, width + 2 · kFrame] train ids, 255 = void
  Image prediction;  ///< likewise
};

/// @param truth, prediction  [size.height, size.width] train ids; 255 in the truth is void
/// @throws DataError if an id is neither a class nor (in the truth) 255, predictions in void excepted; InternalError if
/// the maps are not of that size.
ComparedMaps compare_maps(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> prediction, Size size,
                          int classes);

}  // namespace segfold
