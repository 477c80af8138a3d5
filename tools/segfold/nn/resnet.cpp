#include "segfold/nn/resnet.h"

#include "segfold/nn/blocks.h"

namespace segfold {
namespace {

namespace nn = torch::nn;

nn::Conv2d conv1x1(std::int64_t in, std::int64_t out, std::int64_t stride = 1) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, 1).stride(stride).bias(false));
}

nn::Sequential stage(std::int64_t in, std::int64_t planes, int blocks, std::int64_t stride, NormKind norm) {
  nn::Sequential layers;
  layers->push_back(Bottleneck(in, planes, stride, norm));
  for (int i = 1; i < blocks; ++i) layers->push_back(Bottleneck(planes * BottleneckImpl::kExpansion, planes, 1, norm));
  return layers;
}

}  // namespace

BottleneckImpl::BottleneckImpl(std::int64_t in, std::int64_t planes, std::int64_t stride, NormKind norm)
    : conv1(conv1x1(in, planes)),
      conv2(conv3x3(planes, planes, stride)),
      conv3(conv1x1(planes, planes * kExpansion)),
      bn1(planes, norm),
      bn2(planes, norm),
      bn3(planes * kExpansion, norm) {
  register_module("conv1", conv1);
  register_module("bn1", bn1);
  register_module("conv2", conv2);
  register_module("bn2", bn2);
  register_module("conv3", conv3);
  register_module("bn3", bn3);
  if (stride != 1 || in != planes * kExpansion) {
    downsample = nn::Sequential(conv1x1(in, planes * kExpansion, stride), Norm(planes * kExpansion, norm));
    register_module("downsample", downsample);
  }
}

torch::Tensor BottleneckImpl::forward(const torch::Tensor& x) {
  torch::Tensor y = bn1(conv1(x)).relu_();
  y = bn2(conv2(y)).relu_();
  y = bn3(conv3(y));
  y += downsample.is_empty() ? x : downsample->forward(x);
  return y.relu_();
}

ResNet50EncoderImpl::ResNet50EncoderImpl(NormKind norm)
    : conv1(nn::Conv2dOptions(3, 64, 7).stride(2).padding(3).bias(false)),
      bn1(64, norm),
      layer1(stage(64, 64, 3, 1, norm)),
      layer2(stage(256, 128, 4, 2, norm)),
      layer3(stage(512, 256, 6, 2, norm)),
      layer4(stage(1024, 512, 3, 2, norm)) {
  register_module("conv1", conv1);
  register_module("bn1", bn1);
  register_module("layer1", layer1);
  register_module("layer2", layer2);
  register_module("layer3", layer3);
  register_module("layer4", layer4);
}

std::array<torch::Tensor, 5> ResNet50EncoderImpl::forward(torch::Tensor x) {
  std::array<torch::Tensor, 5> taps;
  taps[0] = bn1(conv1(x)).relu_();                                 // [N, 64, H/2, W/2]
  taps[1] = layer1->forward(torch::max_pool2d(taps[0], 3, 2, 1));  // [N, 256, H/4, W/4]
  taps[2] = layer2->forward(taps[1]);                              // [N, 512, H/8, W/8]
  taps[3] = layer3->forward(taps[2]);                              // [N, 1024, H/16, W/16]
  taps[4] = layer4->forward(taps[3]);                              // [N, 2048, H/32, W/32]
  return taps;
}

}  // namespace segfold
