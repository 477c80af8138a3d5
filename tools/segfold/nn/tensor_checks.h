#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/nn/tensor_file.h"

namespace segfold {

/// Most dimensions of a tensor: PyTorch's own limit for most operators.
inline constexpr std::size_t kMaxRank = 64;

/// product(shape); nothing for a shape that no tensor has: a negative size, more than kMaxRank dimensions, or sizes
/// whose product (an empty dimension left out, so that strides stay representable) exceeds 2^40.
std::optional<std::int64_t> element_count(std::span<const std::int64_t> shape);

/// "[64, 3, 7, 7]".
std::string shape_text(std::span<const std::int64_t> shape);

/// Text out of an untrusted file, fit for an error message: one line, valid UTF-8, at most 100 bytes.
std::string printable(std::string_view text);

/// @throws DataError naming `origin` if a boolean tensor holds another byte than 0 or 1, which C++ must never see.
void require_booleans(const NamedTensor& tensor, const std::string& origin);

/// What a writer demands of its caller: names that are UTF-8 and stand once, data as large as dtype and shape say.
/// @throws InternalError naming `origin` and the tensor.
void require_writable(const std::vector<NamedTensor>& tensors, const std::string& origin);

}  // namespace segfold
