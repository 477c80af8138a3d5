#pragma once

#include <torch/nn/modules/conv.h>

#include "segfold/nn/dropout.h"
#include "segfold/nn/norm.h"

namespace segfold {

/// A 3×3 convolution without bias that keeps height and width; a normalisation always follows it.
torch::nn::Conv2d conv3x3(std::int64_t in, std::int64_t out, std::int64_t stride = 1);

/// (Conv 3×3 – Norm – ReLU) × 2 with Dropout2d between the two, as in UNet (Ronneberger et al. 2015, with the
/// padding and normalisation of later practice). Children: conv1, bn1, conv2, bn2.
class DoubleConvImpl : public torch::nn::Module {
 public:
  DoubleConvImpl(std::int64_t in, std::int64_t out, NormKind norm, double dropout = 0, int dropout_layer = 0);

  /// @param x  [N, in, H, W] → [N, out, H, W]
  torch::Tensor forward(torch::Tensor x, const SampleKeys& keys = {});

 private:
  torch::nn::Conv2d conv1, conv2;
  Norm bn1, bn2;
  double dropout_;
  int dropout_layer_;
};
TORCH_MODULE(DoubleConv);

/// One step of the decoder: ConvTranspose 2×2 stride 2, resized bilinearly to the tap where sides are odd,
/// concatenated with the tap, DoubleConv. Children: up, conv1, bn1, conv2, bn2.
class UpBlockImpl : public torch::nn::Module {
 public:
  /// @param in  channels from below, @param tap  channels of the tap, @param out  channels of the result
  UpBlockImpl(std::int64_t in, std::int64_t tap, std::int64_t out, NormKind norm);

  /// @param x  [N, in, h, w], @param tap  [N, tap, H, W] with H ≈ 2h → [N, out, H, W]
  torch::Tensor forward(torch::Tensor x, const torch::Tensor& tap);

 private:
  torch::nn::ConvTranspose2d up;
  torch::nn::Conv2d conv1, conv2;
  Norm bn1, bn2;
};
TORCH_MODULE(UpBlock);

/// A second head that helps inner layers to learn (Zhao et al. 2017); it is no part of the finished network. Conv 3×3 –
/// Norm – ReLU, 1×1 convolution to the classes. Children: conv, bn, head.
class AuxiliaryHeadImpl : public torch::nn::Module {
 public:
  AuxiliaryHeadImpl(std::int64_t in, std::int64_t inner, int classes, NormKind norm);

  /// @param x  [N, in, h, w] → [N, classes, h, w]
  torch::Tensor forward(const torch::Tensor& x);

 private:
  torch::nn::Conv2d conv;
  Norm bn;
  torch::nn::Conv2d head;
};
TORCH_MODULE(AuxiliaryHead);

/// Bilinear resizing with half-pixel centres (align_corners = false). @param x  [N, C, h, w] → [N, C, height, width]
torch::Tensor resize_bilinear(const torch::Tensor& x, std::int64_t height, std::int64_t width);

}  // namespace segfold
