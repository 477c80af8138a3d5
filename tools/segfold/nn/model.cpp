#include "segfold/nn/model.h"

#include "segfold/nn/blocks.h"
#include "segfold/nn/unet.h"
#include "segfold/nn/unet_resnet50.h"

namespace segfold {

torch::Tensor SegmentationModelImpl::forward(const torch::Tensor& images, const SampleKeys& keys) {
  const torch::Tensor logits = forward_head(images, keys).to(torch::kFloat32);
  if (logits.size(2) == images.size(2) && logits.size(3) == images.size(3)) return logits;
  return resize_bilinear(logits, images.size(2), images.size(3));
}

SegmentationModel make_model(const ModelOptions& options) {
  options.check();
  if (options.architecture == Architecture::kUNet) return std::make_shared<UNetImpl>(options);
  return std::make_shared<UNetResNet50Impl>(options);
}

}  // namespace segfold
