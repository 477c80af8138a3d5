#pragma once

#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

#include "segfold/image/image.h"

namespace segfold {

/// Makes OpenCV compute on the calling thread (workers are ours to count) and without Intel's IPP, whose results differ
/// from those of OpenCV's own code. opencv_view sees to it for every call in this room.
inline void tame_opencv() {
  // Of the whole process, and not safe to call from two threads at once: it ends TBB's arena under the other's feet.
  static const bool alone = (cv::setNumThreads(1), true);
  static thread_local const bool plain = (cv::ipp::setUseIPP(false), true);
  static_cast<void>(alone);
  static_cast<void>(plain);
}

/// A picture as OpenCV sees it; no copy, the picture must outlive it. Private to this room.
inline cv::Mat opencv_view(Image& image) {
  tame_opencv();
  return cv::Mat(static_cast<int>(image.size.height), static_cast<int>(image.size.width), CV_8UC(image.channels),
                 image.pixels.data());
}

/// For sources: OpenCV has no view of constant pixels, but never writes to an input array.
inline cv::Mat opencv_view(const Image& image) {
  tame_opencv();
  return cv::Mat(static_cast<int>(image.size.height), static_cast<int>(image.size.width), CV_8UC(image.channels),
                 // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): as said above
                 const_cast<std::uint8_t*>(image.pixels.data()));
}

}  // namespace segfold
