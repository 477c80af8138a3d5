#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/nn/pickle.h"
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

/// The pickle of a state dict: an OrderedDict or dict of tensors and parameters by name, in that order. Each is read
/// when asked for: a list of all would take many times what the pickle does.
class PickledStateDict {
 public:
  /// Memory as unpickle says, and half of that while names are compared.
  /// @param pickle  must outlive it. @param file_bytes  size of the file that it is a part of.
  /// @throws DataError naming `origin`, the place and the remedy if it is no dict by names.
  PickledStateDict(std::string_view pickle, std::uint64_t file_bytes, const std::string& origin);

  std::size_t size() const { return pickle_.list(pickle_.root()).size() / 2; }
  /// @throws DataError naming `origin`, the entry and the remedy if it is no tensor.
  PickledTensor tensor(std::size_t i) const;

 private:
  void require_names() const;
  [[noreturn]] void refuse_name(std::string_view what) const;
  std::string place(PickleValue name) const;

  std::string origin_;
  Pickle pickle_;
};

/// The pickle of an OrderedDict of contiguous tensors, the i-th of which is the whole storage "i".
/// Reference: torch.save (PyTorch 2.13) with pickle protocol 2.
std::string state_dict_pickle(const std::vector<NamedTensor>& tensors);

}  // namespace segfold
