#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "segfold/nn/pickle.h"

namespace segfold {

/// Takes a pickle of protocol 2 (torch.save's) apart. No global is ever looked up, nothing is built, called or
/// imported. Its lists take at most twice the file's size and 48 KiB at any time, whatever the pickle asks for.
/// @param bytes       must outlive what is returned, as must `admitted`.
/// @param admitted    the globals ("module name") that may stand in it.
/// @param file_bytes  size of the file that the pickle is a part of.
/// @throws DataError naming `origin`, the byte and the remedy for anything else than a data structure over them.
Pickle unpickle(std::string_view bytes, std::span<const std::string_view> admitted, std::uint64_t file_bytes,
                const std::string& origin);

}  // namespace segfold
