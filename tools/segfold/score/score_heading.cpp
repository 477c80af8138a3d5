#include "segfold/score/score_heading.h"

#include <fmt/format.h>

#include <set>

#include "segfold/base/error.h"
#include "segfold/base/ignore.h"
#include "segfold/base/size.h"

namespace segfold {
namespace {

std::optional<int> read_fold(const Json& document, const CountsReader& reader) {
  if (!document.contains("fold") || document["fold"].is_null()) return std::nullopt;
  const Json& value = document["fold"];
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 1000000)
    reader.fail("'fold' is not the number of a fold");
  return value.get<int>();
}

}  // namespace

Json score_heading_to_json(const std::string& format, const ScoreHeading& heading) {
  return {{"format", format},
          {"experiment", heading.experiment},
          {"fold", heading.fold ? Json(*heading.fold) : Json(nullptr)},
          {"split", heading.split},
          {"resolution", heading.resolution},
          {"classes", heading.classes}};
}

ScoreHeading read_score_heading(const Json& document, const CountsReader& reader) {
  ScoreHeading heading;
  heading.experiment = json_value<std::string>(document, "experiment", reader.origin);
  heading.fold = read_fold(document, reader);
  heading.split = json_value<std::string>(document, "split", reader.origin);
  if (heading.split != "held-out" && heading.split != "all") {
    reader.fail(fmt::format("'split' is '{}', expected 'held-out' or 'all'", heading.split));
  }
  heading.resolution = json_value<std::string>(document, "resolution", reader.origin);
  try {
    parse_size(heading.resolution);
  } catch (const UsageError&) {
    reader.fail(fmt::format("'resolution' is '{}', expected a size such as 512x1024", heading.resolution));
  }
  heading.classes = json_value<std::vector<std::string>>(document, "classes", reader.origin);
  if (heading.classes.empty() || heading.classes.size() > std::size_t{kMostClasses}) {
    reader.fail(fmt::format("'classes' is not a list of 1 to {} names", kMostClasses));
  }
  if (std::set(heading.classes.begin(), heading.classes.end()).size() != heading.classes.size()) {
    reader.fail("'classes' holds a name twice");
  }
  return heading;
}

}  // namespace segfold
