#include "segfold/cli/idle_options.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold::cli {

void refuse_idle_options(CLI::App& app, std::vector<Condition> conditions) {
  app.parse_complete_callback([&app, conditions = std::move(conditions)] {
    for (const Condition& condition : conditions) {
      if (app.count(condition.option) == 0 || condition.acts()) continue;
      throw UsageError(
          fmt::format("{} does nothing without {}; leave it out or add that", condition.option, condition.needs));
    }
  });
}

}  // namespace segfold::cli
