#pragma once

#include <string>
#include <vector>

namespace segfold {

/// A field of a CSV line, quoted where it must be.
std::string csv_field(const std::string& text);

/// Empty where there is no figure (NaN).
std::string csv_field(double number);

/// One line: fields as csv_field gives them, with commas between and a newline behind.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace segfold
