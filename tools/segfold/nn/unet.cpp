#include "segfold/nn/unet.h"

#include <array>

namespace segfold {
namespace {

constexpr int kLevels = 4;
constexpr std::size_t kAuxiliaryLevel = 2;  // of the decoder

}  // namespace

UNetImpl::UNetImpl(const ModelOptions& options)
    : bottleneck(options.width * 8, options.width * 16, options.norm, options.dropout, 0),
      head(torch::nn::Conv2dOptions(options.width, options.classes, 1)) {
  for (int i = 0; i < kLevels; ++i) {
    const std::int64_t out = std::int64_t{options.width} << i;
    encoder->push_back(DoubleConv(i == 0 ? 3 : out / 2, out, options.norm));
  }
  for (int i = kLevels - 1; i >= 0; --i) {
    const std::int64_t out = std::int64_t{options.width} << i;
    decoder->push_back(UpBlock(out * 2, out, out, options.norm));
  }
  register_module("encoder", encoder);
  register_module("bottleneck", bottleneck);
  register_module("decoder", decoder);
  register_module("head", head);
  if (!options.auxiliary) return;
  auxiliary = AuxiliaryHead(options.width * 2, options.width, options.classes, options.norm);
  register_module(kAuxiliary, auxiliary);
}

HeadLogits UNetImpl::forward_heads(const torch::Tensor& images, const SampleKeys& keys) {
  std::array<torch::Tensor, kLevels> taps;
  torch::Tensor x = images.to(head->weight.scalar_type());
  for (std::size_t i = 0; i < kLevels; ++i) {
    taps[i] = encoder->ptr<DoubleConvImpl>(i)->forward(x);  // [N, width·2^i, H/2^i, W/2^i]
    x = torch::max_pool2d(taps[i], 2);
  }
  x = bottleneck(x, keys);  // [N, width·16, H/16, W/16]
  HeadLogits logits;
  for (std::size_t i = 0; i < kLevels; ++i) {
    x = decoder->ptr<UpBlockImpl>(i)->forward(x, taps[kLevels - 1 - i]);
    if (i == kAuxiliaryLevel && is_training() && auxiliary) logits.auxiliary = auxiliary(x);
  }
  logits.main = head(x);  // [N, classes, H, W]
  return logits;
}

}  // namespace segfold
