#include "segfold/image/resize.h"

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "segfold/image/opencv.h"

namespace segfold {
namespace {

Image resized(const Image& image, Size size, int interpolation) {
  if (image.pixels.empty() || size.height < 1 || size.width < 1 || size.height > kMaxSide || size.width > kMaxSide) {
    throw InternalError(fmt::format("cannot resize {} to {}", to_string(image.size), to_string(size)));
  }
  if (image.size == size) return image;
  Image result(size, image.channels);
  cv::Mat target = opencv_view(result);
  cv::resize(opencv_view(image), target, target.size(), 0, 0, interpolation);
  return result;
}

}  // namespace

Image resize_image(const Image& image, Size size, Interpolation interpolation) {
  return resized(image, size, interpolation == Interpolation::kArea ? cv::INTER_AREA : cv::INTER_LINEAR);
}

Image resize_labels(const Image& labels, Size size) { return resized(labels, size, cv::INTER_NEAREST); }

}  // namespace segfold
