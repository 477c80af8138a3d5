#pragma once

#include <string>
#include <vector>

namespace segfold {

/// A field of a CSV line, quoted where it must be.
std::string csv_field(const std::string& text);

/// Empty where there is no figure (NaN).
std::string csv_field(double number);

/// Fields, joined, and a newline.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace segfold
