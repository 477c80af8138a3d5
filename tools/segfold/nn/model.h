#pragma once

#include <torch/nn/module.h>

#include <memory>

#include "segfold/nn/dropout.h"
#include "segfold/nn/model_options.h"

namespace segfold {

/// Logits at the heads' own resolutions.
struct HeadLogits {
  torch::Tensor main;
  torch::Tensor auxiliary;  ///< undefined where the network has no auxiliary head, and in evaluation
};

/// A network that gives a class to every pixel.
class SegmentationModelImpl : public torch::nn::Module {
 public:
  /// Logits at the head's own resolution, before any upsampling: unet-resnet50 [N, classes, ⌈H/2⌉, ⌈W/2⌉],
  /// unet [N, classes, H, W]. @param images  [N, 3, H, W], any H, W ≥ 32. @param keys  training only: see dropout.h
  torch::Tensor forward_head(const torch::Tensor& images, const SampleKeys& keys) {
    return forward_heads(images, keys).main;
  }

  /// Those of both heads. @param images, keys  as above
  virtual HeadLogits forward_heads(const torch::Tensor& images, const SampleKeys& keys) = 0;

  /// float32 logits at the input's size, [N, classes, H, W].
  torch::Tensor forward(const torch::Tensor& images, const SampleKeys& keys = {}) {
    return forward_all(images, keys).main;
  }

  /// Those of both heads.
  HeadLogits forward_all(const torch::Tensor& images, const SampleKeys& keys = {});
};
using SegmentationModel = std::shared_ptr<SegmentationModelImpl>;

/// Name of the auxiliary head, whose weights are no part of a finished network.
inline constexpr const char* kAuxiliary = "auxiliary";

/// A network with LibTorch's own initial weights (see init.h for this project's).
SegmentationModel make_model(const ModelOptions& options);

}  // namespace segfold
