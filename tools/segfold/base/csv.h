#pragma once

#include <string>
#include <vector>

namespace segfold {

/// A field of a CSV line, quoted where it must be.
std::string csv_field(const std::string& text);

/// Empty where there is no figure (NaN).
std::string csv_field(double number);

/// A line of fields as csv_field gives them, with commas between and a newline behind.
std::string join_csv_fields(const std::vector<std::string>& fields);

}  // namespace segfold
