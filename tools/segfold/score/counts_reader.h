#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "segfold/base/json.h"

namespace segfold {

/// Reads counts of pixels from one metrics.json; what it throws are DataErrors that name the file and the remedy.
struct CountsReader {
  std::string origin;  ///< names the file in errors

  [[noreturn]] void fail(const std::string& problem) const;

  /// A whole number of pixels, small enough that sums of millions of them do not overflow. @param place  for errors
  std::uint64_t count(const Json& value, const std::string& place) const;

  /// The member `key` of an object: a list of `expected` counts. @param place  what the object is, for errors
  std::vector<std::uint64_t> counts(const Json& object, const std::string& key, std::size_t expected,
                                    const std::string& place) const;
};

}  // namespace segfold
