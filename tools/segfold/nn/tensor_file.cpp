#include "segfold/nn/tensor_file.h"

#include <fmt/format.h>

#include <bit>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/nn/pth_file.h"
#include "segfold/nn/safetensors_file.h"

namespace segfold {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor data passes between memory and files as it is");

bool is_pth(const std::filesystem::path& path) { return path.extension() == ".pth"; }

}  // namespace

int dtype_size(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
    case DType::kInt64:
      return 8;
    case DType::kFloat32:
    case DType::kInt32:
      return 4;
    case DType::kFloat16:
    case DType::kBFloat16:
      return 2;
    case DType::kUInt8:
    case DType::kBool:
      return 1;
  }
  throw InternalError("dtype_size: unknown dtype");
}

std::string dtype_name(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return "float64";
    case DType::kFloat32:
      return "float32";
    case DType::kFloat16:
      return "float16";
    case DType::kBFloat16:
      return "bfloat16";
    case DType::kInt64:
      return "int64";
    case DType::kInt32:
      return "int32";
    case DType::kUInt8:
      return "uint8";
    case DType::kBool:
      return "bool";
  }
  throw InternalError("dtype_name: unknown dtype");
}

void require_tensor_file_ending(const std::filesystem::path& path) {
  if (is_pth(path) || path.extension() == ".safetensors") return;
  throw UsageError(fmt::format("{}: a weights file ends in .pth or .safetensors; name one that does", path.string()));
}

TensorFile read_tensor_file(const std::filesystem::path& path) {
  require_file(path);  // "no such file" says more than that its ending is odd
  require_tensor_file_ending(path);
  return is_pth(path) ? read_pth(path) : read_safetensors(path);
}

void write_tensor_file(const std::filesystem::path& path, const TensorFile& file) {
  require_tensor_file_ending(path);
  is_pth(path) ? write_pth(path, file) : write_safetensors(path, file);
}

}  // namespace segfold
