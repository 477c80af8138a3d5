#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "segfold/base/error.h"

namespace segfold {

/// Faults found in many files, so that a user learns of all of them at once instead of one per run.
class Problems {
 public:
  void add(Error problem) { found_.push_back(std::move(problem)); }
  std::size_t count() const { return found_.size(); }

  /// Nothing if nothing was found; one problem is thrown as it is; several as one error that lists all of them, with
  /// the code they share, or that of wrong content. @param consequence  ends the first line, e.g. "nothing was written"
  void throw_if_any(const std::string& consequence) const;

 private:
  std::vector<Error> found_;
};

}  // namespace segfold
