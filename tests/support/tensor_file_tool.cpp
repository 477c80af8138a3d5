// tensor_file_tool convert IN OUT    reads one weights file and writes it in the form that OUT's ending names
// tensor_file_tool list FILE         prints what a weights file holds as JSON
// Lets Python tests write and read through the C++ readers.
#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "segfold/base/error.h"
#include "segfold/base/json.h"
#include "segfold/base/sha256.h"
#include "segfold/nn/tensor_file.h"

namespace {

void list(const segfold::TensorFile& file) {
  segfold::Json tensors = segfold::Json::array();
  for (const segfold::NamedTensor& tensor : file.tensors) {
    tensors.push_back({{"name", tensor.name}, {"shape", tensor.shape}, {"sha256", segfold::sha256_hex(tensor.data)}});
  }
  std::fputs(segfold::json_text({{"tensors", tensors}, {"metadata", file.metadata}}).c_str(), stdout);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 4 && std::string_view(argv[1]) == "convert") {
      segfold::write_tensor_file(argv[3], segfold::read_tensor_file(argv[2]));
      return 0;
    }
    if (argc == 3 && std::string_view(argv[1]) == "list") {
      list(segfold::read_tensor_file(argv[2]));
      return 0;
    }
    throw segfold::UsageError("expected: convert IN OUT, or list FILE");
  } catch (const segfold::Error& error) {
    fmt::print(stderr, "tensor_file_tool: error: {}\n", error.what());
    return static_cast<int>(error.code());
  }
}
