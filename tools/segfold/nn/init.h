#pragma once

#include <cstdint>

#include "segfold/nn/model.h"

namespace segfold {

/// Initial weights as a function of (seed, fold, parameter name) alone: convolutions normal with variance
/// 2 / (out channels · kernel area) (He et al. 2015, "fan out", as torchvision initialises ResNet), transposed
/// convolutions and the head uniform in ±1/√(fan in) and their biases likewise (PyTorch's rule), normalisations of
/// feature maps 1 and 0.
void initialise(torch::nn::Module& model, std::uint64_t seed, int fold);

/// Fills a contiguous float32 CPU tensor with standard normal numbers of the key's Philox blocks (Box–Muller in
/// float32, four numbers a block). Threads do not change the result.
void fill_normal(torch::Tensor& tensor, std::uint64_t key, float deviation);

}  // namespace segfold
