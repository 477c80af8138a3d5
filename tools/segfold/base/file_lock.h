#pragma once

#include <filesystem>
#include <memory>

namespace segfold {

/// A lock of the whole machine, held while the object lives and given back by the kernel when its process dies.
using FileLock = std::shared_ptr<void>;

/// Makes `path` if it is missing and locks it without waiting.
/// @return the lock, or null if another process (or another object of this one) holds it.
/// Whoever may read its folder may lock it, too: the file is made readable and writable for everybody.
/// A file system without locks is warned of, and what is returned there keeps nobody out.
/// @throws as throw_read_error if the file is there and cannot be opened, as throw_write_error if it cannot be made.
FileLock try_lock_file(const std::filesystem::path& path);

}  // namespace segfold
