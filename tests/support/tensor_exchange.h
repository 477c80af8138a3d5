#pragma once

#include <torch/nn/module.h>

#include <filesystem>
#include <map>
#include <string>

#include "segfold/base/json.h"

namespace segfold::testing {

/// What a Python test and a C++ program hand each other: tensors by name and a JSON object, in one .safetensors file.
struct Exchange {
  std::map<std::string, torch::Tensor> tensors;
  Json values = Json::object();

  /// @throws DataError naming what is missing.
  const torch::Tensor& tensor(const std::string& name) const;
  template <class T>
  T value(const std::string& name) const {
    return json_value<T>(values, name, "the input's values");
  }
};

Exchange read_exchange(const std::filesystem::path& path);
void write_exchange(const std::filesystem::path& path, const Exchange& exchange);

/// Sets every parameter and buffer of `module` from the tensors named `prefix` + its name.
/// @throws DataError unless names and shapes are the same on both sides.
void load_state(torch::nn::Module& module, const Exchange& from, const std::string& prefix);

}  // namespace segfold::testing
