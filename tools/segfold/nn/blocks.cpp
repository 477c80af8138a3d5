#include "segfold/nn/blocks.h"

namespace segfold {

namespace nn = torch::nn;

nn::Conv2d conv3x3(std::int64_t in, std::int64_t out, std::int64_t stride) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, 3).stride(stride).padding(1).bias(false));
}

torch::Tensor resize_bilinear(const torch::Tensor& x, std::int64_t height, std::int64_t width) {
  return at::upsample_bilinear2d(x, {height, width}, /*align_corners=*/false);
}

DoubleConvImpl::DoubleConvImpl(std::int64_t in, std::int64_t out, NormKind norm, double dropout, int dropout_layer)
    : conv1(register_module("conv1", conv3x3(in, out))),
      conv2(conv3x3(out, out)),
      bn1(register_module("bn1", Norm(out, norm))),
      bn2(out, norm),
      dropout_(dropout),
      dropout_layer_(dropout_layer) {
  register_module("conv2", conv2);
  register_module("bn2", bn2);
}

torch::Tensor DoubleConvImpl::forward(torch::Tensor x, const SampleKeys& keys) {
  x = bn1(conv1(x)).relu_();
  x = dropout2d(x, keys, dropout_layer_, dropout_);
  return bn2(conv2(x)).relu_();
}

UpBlockImpl::UpBlockImpl(std::int64_t in, std::int64_t tap, std::int64_t out, NormKind norm)
    : up(register_module("up", nn::ConvTranspose2d(nn::ConvTranspose2dOptions(in, out, 2).stride(2)))),
      conv1(register_module("conv1", conv3x3(out + tap, out))),
      conv2(conv3x3(out, out)),
      bn1(register_module("bn1", Norm(out, norm))),
      bn2(out, norm) {
  register_module("conv2", conv2);
  register_module("bn2", bn2);
}

torch::Tensor UpBlockImpl::forward(torch::Tensor x, const torch::Tensor& tap) {
  x = up(x);  // [N, out, 2h, 2w]
  if (x.size(2) != tap.size(2) || x.size(3) != tap.size(3)) x = resize_bilinear(x, tap.size(2), tap.size(3));
  x = torch::cat({x, tap}, 1);  // [N, out + tap, H, W]
  x = bn1(conv1(x)).relu_();
  return bn2(conv2(x)).relu_();
}

AuxiliaryHeadImpl::AuxiliaryHeadImpl(std::int64_t in, std::int64_t inner, int classes, NormKind norm)
    : conv(register_module("conv", conv3x3(in, inner))),
      bn(register_module("bn", Norm(inner, norm))),
      head(register_module("head", nn::Conv2d(nn::Conv2dOptions(inner, classes, 1)))) {}

torch::Tensor AuxiliaryHeadImpl::forward(const torch::Tensor& x) { return head(bn(conv(x)).relu_()); }

}  // namespace segfold
