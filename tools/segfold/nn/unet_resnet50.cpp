#include "segfold/nn/unet_resnet50.h"

namespace segfold {
namespace {

constexpr std::int64_t kBottleneck = 1024;
constexpr std::int64_t kAuxiliaryChannels = 256;
constexpr std::array<std::int64_t, 4> kDecoder{512, 256, 128, 64};
constexpr auto& kTaps = ResNet50EncoderImpl::kTapChannels;

}  // namespace

UNetResNet50Impl::UNetResNet50Impl(const ModelOptions& options)
    : encoder(options.norm),
      bottleneck(kTaps[4], kBottleneck, options.norm, options.dropout, 0),
      head(torch::nn::Conv2dOptions(kDecoder.back(), options.classes, 1)) {
  register_module("encoder", encoder);
  register_module("bottleneck", bottleneck);
  std::int64_t below = kBottleneck;
  for (std::size_t i = 0; i < kDecoder.size(); ++i) {
    decoder->push_back(UpBlock(below, kTaps[3 - i], kDecoder[i], options.norm));
    below = kDecoder[i];
  }
  register_module("decoder", decoder);
  register_module("head", head);
  if (!options.auxiliary) return;
  auxiliary = AuxiliaryHead(kTaps[3], kAuxiliaryChannels, options.classes, options.norm);
  register_module(kAuxiliary, auxiliary);
}

HeadLogits UNetResNet50Impl::forward_heads(const torch::Tensor& images, const SampleKeys& keys) {
  const auto taps = encoder(images.to(head->weight.scalar_type()));
  torch::Tensor x = bottleneck(taps[4], keys);  // [N, 1024, H/32, W/32]
  for (std::size_t i = 0; i < kDecoder.size(); ++i) x = decoder->ptr<UpBlockImpl>(i)->forward(x, taps[3 - i]);
  HeadLogits logits{head(x), {}};  // [N, classes, H/2, W/2]
  if (is_training() && auxiliary) logits.auxiliary = auxiliary(taps[3]);
  return logits;
}

}  // namespace segfold
