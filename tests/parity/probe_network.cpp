#include "segfold/nn/blocks.h"
#include "tests/parity/probe.h"
#include "tests/support/model_exchange.h"

namespace segfold::testing {

namespace {

torch::Tensor logits_of(SegmentationModelImpl& model, const torch::Tensor& images, const SampleKeys& keys) {
  if (images.scalar_type() == torch::kFloat32) return model.forward(images, keys);
  return resize_bilinear(model.forward_head(images, keys), images.size(2), images.size(3));
}

}  // namespace

Exchange probe_forward(const Exchange& input) {
  const SegmentationModel model = model_from(input);
  model->train(input.value<bool>("training"));
  const auto dtype = input.value<std::string>("dtype") == "float64" ? torch::kFloat64 : torch::kFloat32;
  model->to(dtype);
  const torch::Tensor images = input.tensor("images").to(dtype).clone().requires_grad_(true);
  const torch::Tensor logits = logits_of(*model, images, keys_from(input.tensor("keys")));
  (logits * input.tensor("cotangent").to(dtype)).sum().backward();

  Exchange output;
  output.tensors["logits"] = logits;
  output.tensors["grad:images"] = images.grad();
  for (const auto& item : model->named_parameters()) output.tensors["grad:" + item.key()] = item.value().grad();
  for (const auto& item : model->named_buffers()) output.tensors["state:" + item.key()] = item.value();
  return output;
}

}  // namespace segfold::testing
