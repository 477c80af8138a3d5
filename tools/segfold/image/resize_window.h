#pragma once

#include "segfold/image/image.h"
#include "segfold/image/window.h"

namespace segfold {

/// The window of a photo resized to `scaled`, without resizing the rest: pixel by pixel what resize_image gives
/// bilinearly, as OpenCV's own code computes INTER_LINEAR for 8 bits (weights of 11 bits).
/// @param window  inside `scaled` @param out  at least as large as the window, which comes to its top left; the rest of
///   it stays as it is; not the input
/// @throws InternalError if the window is not inside, or `out` is too small or of other channels.
void resize_image_window(const Image& image, Size scaled, const Window& window, Image& out);

/// Likewise of a map of ids, by nearest neighbour as resize_labels gives it.
void resize_labels_window(const Image& labels, Size scaled, const Window& window, Image& out);

}  // namespace segfold
