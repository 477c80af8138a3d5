#pragma once

#include <string>
#include <vector>

#include "segfold/nn/tensor_file.h"

namespace segfold {

/// Takes off what wrappers put before every name: "module." (DataParallel), "_orig_mod." (torch.compile), "model.",
/// "backbone.", "encoder.", also several of them. @return what was taken off, "" if nothing
std::string strip_wrappers(std::vector<NamedTensor>& tensors);

/// Adds a count of 0 to each batch normalisation that has statistics but no num_batches_tracked: PyTorch before 0.4.1
/// wrote none, nor do torchvision's weights of that time hold any, and PyTorch fills in 0, too.
void add_missing_counters(std::vector<NamedTensor>& tensors);

/// Weights of which a channel is not a number, infinite or of negative variance would train on with that channel dead.
/// @throws DataError naming `origin`, the tensor and the value's place.
void require_sound(const std::vector<NamedTensor>& tensors, const std::string& origin);

/// Makes of a ResNet-50 as torchvision saves it, wrapped or not, the weights of an encoder: names without wrappers,
/// no classifier ("fc.*"), counters. @return what strip_wrappers took off
/// @throws DataError listing what is missing, left over or of another shape; as require_sound.
std::string make_resnet50_encoder(std::vector<NamedTensor>& tensors, const std::string& origin);

}  // namespace segfold
