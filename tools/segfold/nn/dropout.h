#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

namespace segfold {

/// Random keys of a batch, one per sample; a forward pass without them (evaluation) drops nothing.
using SampleKeys = std::vector<std::uint64_t>;

/// Which channels of which sample survive: float [N, channels, 1, 1], 0 or 1 / (1 − p), on the CPU. Each sample's mask
/// is a function of its key alone, so it depends on neither its place in the batch nor the device.
/// @param layer  tells several dropout layers of a network apart
torch::Tensor dropout2d_mask(std::span<const std::uint64_t> keys, int layer, std::int64_t channels, double p);

/// Dropout2d (Tompson et al. 2015) with masks from keys instead of LibTorch's generator. The identity without keys or
/// with p = 0. @param x  [N, C, H, W]
torch::Tensor dropout2d(const torch::Tensor& x, const SampleKeys& keys, int layer, double p);

}  // namespace segfold
