#include "segfold/score/counts_reader.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

// Half a million pictures of 1024×2048; sixteen million such counts can be added before they overflow.
constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 40;

}  // namespace

void CountsReader::fail(const std::string& problem) const {
  throw DataError(fmt::format("{}: {}; run eval-fold again", origin, problem));
}

std::uint64_t CountsReader::count(const Json& value, const std::string& place) const {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMostPixels)
    fail(place + " is not a number of pixels");
  return value.get<std::uint64_t>();
}

std::vector<std::uint64_t> CountsReader::counts(const Json& object, const std::string& key, std::size_t expected,
                                                const std::string& place) const {
  const auto list = json_value<Json>(object, key, origin + ": " + place);
  if (!list.is_array() || list.size() != expected)
    fail(fmt::format("{} of {} is not a list of {} numbers", key, place, expected));
  std::vector<std::uint64_t> values;
  for (const Json& value : list) values.push_back(count(value, fmt::format("{} of {}", key, place)));
  return values;
}

}  // namespace segfold
