#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/nn/strided.h"
#include "segfold/nn/tensor_file.h"

namespace segfold {

/// One tensor of a state dict as its pickle tells: which part of which storage it shows.
struct PickledTensor {
  std::string name;
  DType dtype = DType::kFloat32;
  std::string storage;                ///< key: the record "data/<key>" of the archive
  std::int64_t storage_elements = 0;  ///< that the record has to hold
  StridedView view;                   ///< without fault over that many elements
};

/// Reads the pickle of a state dict: an OrderedDict or dict of tensors and parameters by name, in that order.
/// @throws DataError naming `origin`, the entry and the remedy.
std::vector<PickledTensor> read_state_dict_pickle(std::string_view pickle, const std::string& origin);

/// The pickle of an OrderedDict of contiguous tensors, the i-th of which is the whole storage "i".
/// Reference: torch.save (PyTorch 2.13) with pickle protocol 2.
std::string state_dict_pickle(const std::vector<NamedTensor>& tensors);

}  // namespace segfold
