#pragma once

#include <cstdint>
#include <cstring>

namespace segfold {

/// End of the run of equal pixels that starts at `at`, at most `end`.
inline const std::uint8_t* end_of_run(const std::uint8_t* at, const std::uint8_t* end) {
  const std::uint8_t id = *at;
  const std::uint64_t eight_alike = id * 0x0101010101010101u;
  for (; end - at >= 8; at += 8) {  // runs are long: eight pixels at a time
    std::uint64_t eight = 0;
    std::memcpy(&eight, at, sizeof eight);
    if (eight != eight_alike) break;
  }
  while (at != end && *at == id) ++at;
  return at;
}

}  // namespace segfold
