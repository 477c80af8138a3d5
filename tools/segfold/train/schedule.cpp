#include "segfold/train/schedule.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

constexpr double kLeastChange = 1e-8;  // PyTorch's eps: smaller changes of the rate are not made

}  // namespace

void PlateauSchedule::Options::check() const {
  if (!(factor > 0 && factor < 1)) throw UsageError(fmt::format("--plateau-factor {}; it must be in (0, 1)", factor));
  if (patience < 0) throw UsageError(fmt::format("--plateau-patience {}; it must not be negative", patience));
  if (!(threshold >= 0 && threshold < 1))
    throw UsageError(fmt::format("--plateau-threshold {}; it must be in [0, 1)", threshold));
}

void PlateauSchedule::step(double loss) {
  if (loss < best_ * (1.0 - options_.threshold)) {
    best_ = loss;
    bad_epochs_ = 0;
  } else {
    ++bad_epochs_;
  }
  if (bad_epochs_ > options_.patience) {
    bad_epochs_ = 0;
    const double lower = lr_ * options_.factor;
    if (lr_ - lower > kLeastChange) lr_ = lower;
  }
}

Json PlateauSchedule::state() const {
  // Infinity is no JSON number.
  return {{"lr", lr_},
          {"best", best_ == std::numeric_limits<double>::infinity() ? Json() : Json(best_)},
          {"bad_epochs", bad_epochs_}};
}

void PlateauSchedule::restore(const Json& state, const std::string& origin) {
  lr_ = json_value<double>(state, "lr", origin);
  const auto best = json_value<Json>(state, "best", origin);
  best_ = best.is_null() ? std::numeric_limits<double>::infinity() : best.get<double>();
  bad_epochs_ = json_value<int>(state, "bad_epochs", origin);
}

}  // namespace segfold
