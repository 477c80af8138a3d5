#include "segfold/train/preparation.h"

namespace segfold {

torch::Tensor normalise(const torch::Tensor& images, const Normalisation& normalisation, const torch::Device& device) {
  torch::Tensor scale = torch::empty({3}, torch::kFloat32);
  torch::Tensor shift = torch::empty({3}, torch::kFloat32);
  for (std::int64_t c = 0; c < 3; ++c) {
    const auto channel = static_cast<std::size_t>(c);
    scale[c] = 1.0 / (255.0 * normalisation.std[channel]);
    shift[c] = -normalisation.mean[channel] / normalisation.std[channel];
  }
  // [N, h, w, 3] seen as [N, 3, h, w] is channels_last already: no copy.
  // To the device as bytes, a quarter of the floats that they become there.
  const torch::Tensor x = images.to(device).to(torch::kFloat32);
  return (x * scale.to(device) + shift.to(device)).permute({0, 3, 1, 2});
}

}  // namespace segfold
