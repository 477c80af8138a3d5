#include "segfold/nn/strided.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "segfold/base/error.h"

namespace segfold {
namespace {

bool is_empty(const StridedView& view) { return std::ranges::count(view.shape, 0) > 0; }

std::int64_t count_of(const StridedView& view) {
  std::int64_t count = 1;
  for (const std::int64_t size : view.shape) count *= size;
  return count;
}

template <std::size_t kBytes>
void gather_elements(const char* storage, const StridedView& view, char* target) {
  const std::size_t rank = view.shape.size();
  const std::int64_t row = rank > 0 ? view.shape.back() : 1;
  const std::int64_t step = rank > 0 ? view.strides.back() : 0;
  const std::int64_t rows = count_of(view) / row;
  std::vector<std::int64_t> index(rank, 0);
  std::int64_t position = view.offset;
  for (std::int64_t done = 0; done < rows; ++done) {
    for (std::int64_t i = 0; i < row; ++i, target += kBytes) {
      std::memcpy(target, storage + static_cast<std::size_t>(position + i * step) * kBytes, kBytes);
    }
    for (std::size_t d = rank; d-- > 1;) {  // the next row: count the outer dimensions up as an odometer does
      position += view.strides[d - 1];
      if (++index[d - 1] < view.shape[d - 1]) break;
      position -= index[d - 1] * view.strides[d - 1];
      index[d - 1] = 0;
    }
  }
}

}  // namespace

std::string_view view_fault(const StridedView& view, std::int64_t storage_elements) {
  if (view.strides.size() != view.shape.size()) return "has not as many strides as dimensions over its storage";
  if (view.offset < 0 || std::ranges::any_of(view.strides, [](std::int64_t stride) { return stride < 0; })) {
    return "has a negative offset or stride in its storage";
  }
  if (is_empty(view)) return "";
  std::vector<std::pair<std::int64_t, std::int64_t>> dimensions;  // stride, size
  for (std::size_t d = 0; d < view.shape.size(); ++d) {
    if (view.shape[d] > 1) dimensions.emplace_back(view.strides[d], view.shape[d]);
  }
  std::ranges::sort(dimensions);
  if (view.offset >= storage_elements) return "reaches beyond its storage";
  const std::int64_t room = storage_elements - view.offset;
  std::int64_t extent = 1;  // elements from the first to the last one that the dimensions so far reach
  for (const auto& [stride, size] : dimensions) {
    if (stride < extent) return "shows elements more than once of its storage";
    if (size - 1 > (room - extent) / stride) return "reaches beyond its storage";
    extent += (size - 1) * stride;
  }
  return "";
}

bool is_dense(const StridedView& view) {
  if (is_empty(view)) return true;
  std::int64_t expected = 1;
  for (std::size_t d = view.shape.size(); d-- > 0;) {
    if (view.shape[d] != 1 && view.strides[d] != expected) return false;
    expected *= view.shape[d];
  }
  return true;
}

std::string gather(std::string_view storage, const StridedView& view, int element_bytes) {
  if (is_empty(view)) return {};
  const auto bytes = static_cast<std::size_t>(element_bytes);
  if (is_dense(view)) {
    return std::string(storage.substr(static_cast<std::size_t>(view.offset) * bytes,
                                      static_cast<std::size_t>(count_of(view)) * bytes));
  }
  std::string dense(static_cast<std::size_t>(count_of(view)) * bytes, '\0');
  switch (element_bytes) {
    case 1:
      gather_elements<1>(storage.data(), view, dense.data());
      break;
    case 2:
      gather_elements<2>(storage.data(), view, dense.data());
      break;
    case 4:
      gather_elements<4>(storage.data(), view, dense.data());
      break;
    case 8:
      gather_elements<8>(storage.data(), view, dense.data());
      break;
    default:
      throw InternalError("gather: elements have 1, 2, 4 or 8 bytes");
  }
  return dense;
}

}  // namespace segfold
