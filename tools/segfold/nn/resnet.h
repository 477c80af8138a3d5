#pragma once

#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>

#include <array>

#include "segfold/nn/norm.h"

namespace segfold {

/// Residual bottleneck 1×1 – 3×3 – 1×1 with the stride in the 3×3 ("v1.5"). Children as torchvision names them:
/// conv1, bn1, conv2, bn2, conv3, bn3, downsample.0, downsample.1. Source: He et al. 2016; torchvision's resnet.py.
class BottleneckImpl : public torch::nn::Module {
 public:
  static constexpr std::int64_t kExpansion = 4;

  /// @param planes  inner channels; the result has planes · 4
  BottleneckImpl(std::int64_t in, std::int64_t planes, std::int64_t stride, NormKind norm);
  torch::Tensor forward(const torch::Tensor& x);

 private:
  torch::nn::Conv2d conv1, conv2, conv3;
  Norm bn1, bn2, bn3;
  torch::nn::Sequential downsample{nullptr};
};
TORCH_MODULE(Bottleneck);

/// ResNet-50 without its classifier; parameter names equal torchvision's, so its weights drop in.
class ResNet50EncoderImpl : public torch::nn::Module {
 public:
  /// Channels of the five taps.
  static constexpr std::array<std::int64_t, 5> kTapChannels{64, 256, 512, 1024, 2048};

  explicit ResNet50EncoderImpl(NormKind norm);

  /// Taps after conv1 (BN, ReLU) at 1/2, layer1 at 1/4, layer2 at 1/8, layer3 at 1/16, layer4 at 1/32 of the input.
  /// @param x  [N, 3, H, W]
  std::array<torch::Tensor, 5> forward(torch::Tensor x);

 private:
  torch::nn::Conv2d conv1;
  Norm bn1;
  torch::nn::Sequential layer1, layer2, layer3, layer4;
};
TORCH_MODULE(ResNet50Encoder);

}  // namespace segfold
