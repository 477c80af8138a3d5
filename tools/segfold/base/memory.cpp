#include "segfold/base/memory.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// The number that is all of a file; nothing where there is no such file, or "max".
std::optional<std::uint64_t> number_in(const fs::path& path) {
  std::uint64_t value = 0;
  if (std::ifstream(path) >> value) return value;
  return std::nullopt;
}

/// Sum of those lines "name value" of a file whose names are given.
std::uint64_t sum_of(const fs::path& path, std::initializer_list<std::string_view> names) {
  std::ifstream file(path);
  std::uint64_t sum = 0;
  std::string name;
  for (std::uint64_t value = 0; file >> name >> value; file.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
    if (std::ranges::find(names, name) != names.end()) sum += value;
  }
  return sum;
}

/// What one control group has left. @param limit, usage  names of its files in the version of the interface
std::uint64_t left_in(const fs::path& group, const char* limit, const char* usage,
                      std::initializer_list<std::string_view> droppable) {
  const auto most = number_in(group / limit);
  const auto used = number_in(group / usage);
  if (!most || !used) return kUnlimited;
  const std::uint64_t held = *used - std::min(*used, sum_of(group / "memory.stat", droppable));
  return *most - std::min(*most, held);
}

/// The least that this process's control group and the groups above it have left.
std::uint64_t left_in_groups(const fs::path& proc, const fs::path& cgroups) {
  std::uint64_t left = kUnlimited;
  std::ifstream file(proc / "self" / "cgroup");
  for (std::string line; std::getline(file, line);) {  // "0::/a/b", of version 1 "4:memory:/a/b"
    const bool second = line.starts_with("0::");
    if (!second && line.find(":memory:") == std::string::npos) continue;
    fs::path group = fs::path(line.substr(line.rfind(':') + 1)).relative_path();
    for (;; group = group.parent_path()) {
      left = std::min(
          left, second ? left_in(cgroups / group, "memory.max", "memory.current", {"active_file", "inactive_file"})
                       : left_in(cgroups / "memory" / group, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                 {"total_active_file", "total_inactive_file"}));
      if (group.empty()) break;
    }
  }
  return left;
}

std::uint64_t left_of_address_space(const fs::path& proc) {
  struct rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  const std::uint64_t used =
      number_in(proc / "self" / "statm").value_or(0) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return limit.rlim_cur - std::min<std::uint64_t>(limit.rlim_cur, used);
}

}  // namespace

std::uint64_t available_memory(const fs::path& proc, const fs::path& cgroups) {
  const std::uint64_t machine = sum_of(proc / "meminfo", {"MemAvailable:"}) << 10;  // it is in KiB
  return std::min({machine > 0 ? machine : kUnlimited, left_in_groups(proc, cgroups), left_of_address_space(proc)});
}

std::string bytes_text(std::uint64_t bytes) {
  const double megabytes = static_cast<double>(bytes) / 1e6;
  return megabytes < 1000 ? fmt::format("{:.0f} MB", megabytes) : fmt::format("{:.1f} GB", megabytes / 1000);
}

}  // namespace segfold
