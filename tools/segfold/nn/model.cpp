#include "segfold/nn/model.h"

#include "segfold/nn/blocks.h"
#include "segfold/nn/unet.h"
#include "segfold/nn/unet_resnet50.h"

namespace segfold {

namespace {

torch::Tensor at_size_of(const torch::Tensor& images, const torch::Tensor& head) {
  if (!head.defined()) return head;
  const torch::Tensor logits = head.to(torch::kFloat32);
  if (logits.size(2) == images.size(2) && logits.size(3) == images.size(3)) return logits;
  return resize_bilinear(logits, images.size(2), images.size(3));
}

}  // namespace

HeadLogits SegmentationModelImpl::forward_all(const torch::Tensor& images, const SampleKeys& keys) {
  const HeadLogits heads = forward_heads(images, keys);
  return {at_size_of(images, heads.main), at_size_of(images, heads.auxiliary)};
}

SegmentationModel make_model(const ModelOptions& options) {
  options.check();
  if (options.architecture == Architecture::kUNet) return std::make_shared<UNetImpl>(options);
  return std::make_shared<UNetResNet50Impl>(options);
}

}  // namespace segfold
