#pragma once

#include <torch/nn/modules/container/modulelist.h>

#include "segfold/nn/blocks.h"
#include "segfold/nn/model.h"
#include "segfold/nn/resnet.h"

namespace segfold {

/// UNet whose encoder is ResNet-50; 67 million parameters with 19 classes. Children: encoder, bottleneck, decoder.0–3,
/// head; the auxiliary head stands on layer3. tests/parity/reference.py is the same network in Python.
class UNetResNet50Impl : public SegmentationModelImpl {
 public:
  explicit UNetResNet50Impl(const ModelOptions& options);
  HeadLogits forward_heads(const torch::Tensor& images, const SampleKeys& keys) override;

 private:
  ResNet50Encoder encoder;
  DoubleConv bottleneck;
  torch::nn::ModuleList decoder;
  torch::nn::Conv2d head;
  AuxiliaryHead auxiliary{nullptr};
};

}  // namespace segfold
