#include "segfold/base/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace segfold {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string(2, c) : std::string(1, c);
  return quoted + '"';
}

std::string csv_field(double number) { return std::isnan(number) ? "" : fmt::format("{}", number); }

std::string join_csv_fields(const std::vector<std::string>& fields) {
  return fmt::format("{}\n", fmt::join(fields, ","));
}

}  // namespace segfold
