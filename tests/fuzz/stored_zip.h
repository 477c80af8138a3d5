#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segfold::testing {

/// Records of a zip archive without compression, by name, in their order.
using StoredRecords = std::vector<std::pair<std::string, std::string>>;

/// The records that the directory of `archive` tells of; nothing if there is none.
std::optional<StoredRecords> records_of(std::string_view archive);

/// An archive with right sizes, checksums and directory, so that what its records hold gets past all of these.
std::string archive_of(const StoredRecords& records);

}  // namespace segfold::testing
