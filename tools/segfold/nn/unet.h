#pragma once

#include <torch/nn/modules/container/modulelist.h>

#include "segfold/nn/blocks.h"
#include "segfold/nn/model.h"

namespace segfold {

/// The classic UNet (Ronneberger et al. 2015) with padded convolutions and normalisation: width, 2·, 4·, 8· and
/// 16·width channels; 31 million parameters at width 64. Children: encoder.0–3, bottleneck, decoder.0–3, head. The
/// auxiliary head stands on decoder.2, at half the input's size.
class UNetImpl : public SegmentationModelImpl {
 public:
  explicit UNetImpl(const ModelOptions& options);
  HeadLogits forward_heads(const torch::Tensor& images, const SampleKeys& keys) override;

 private:
  torch::nn::ModuleList encoder;
  DoubleConv bottleneck;
  torch::nn::ModuleList decoder;
  torch::nn::Conv2d head;
  AuxiliaryHead auxiliary{nullptr};
};

}  // namespace segfold
