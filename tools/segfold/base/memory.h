#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace segfold {

/// Bytes of memory that this process may still take: no more than the machine has available, than its control group
/// and every group above it allow (what they hold of files can be dropped and counts as free), and than the limit of
/// its address space. @param proc, cgroups  where the kernel's answers lie
std::uint64_t available_memory(const std::filesystem::path& proc = "/proc",
                               const std::filesystem::path& cgroups = "/sys/fs/cgroup");

/// "1.2 GB", "300 MB".
std::string bytes_text(std::uint64_t bytes);

}  // namespace segfold
