#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segfold {

/// A tensor as a view of a storage, in elements: element (i, j, …) lies at offset + i·strides[0] + j·strides[1] + ….
struct StridedView {
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;    ///< as element_count accepts it
  std::vector<std::int64_t> strides;  ///< as many as shape
};

/// Why `view` cannot be a tensor over a storage of `storage_elements`, as the rest of a sentence ("reaches beyond …");
/// empty if it can. A view that shows an element more than once is refused: a few bytes would become terabytes.
std::string_view view_fault(const StridedView& view, std::int64_t storage_elements);

/// Whether the elements lie one after the other in row-major order.
bool is_dense(const StridedView& view);

/// The elements of a view without fault in row-major order. @param element_bytes  1, 2, 4 or 8.
std::string gather(std::string_view storage, const StridedView& view, int element_bytes);

}  // namespace segfold
