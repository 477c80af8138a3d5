#include "segfold/train/learning_rate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "segfold/base/error.h"

namespace segfold {

std::string schedule_name(ScheduleKind kind) {
  switch (kind) {
    case ScheduleKind::kConstant:
      return "constant";
    case ScheduleKind::kPoly:
      return "poly";
    case ScheduleKind::kCosine:
      return "cosine";
    case ScheduleKind::kPlateau:
      break;
  }
  return "plateau";
}

void ScheduleOptions::check() const {
  plateau.check();
  if (!(poly_power > 0 && poly_power <= 10))
    throw UsageError(fmt::format("--poly-power {}; it must be above 0 and at most 10", poly_power));
  if (!(lr_floor >= 0 && lr_floor < 100))
    throw UsageError(fmt::format("--lr-floor {}; it must be in [0, 100)", lr_floor));
  if (lr_floor > 0 && kind != ScheduleKind::kPoly && kind != ScheduleKind::kCosine)
    throw UsageError("--lr-floor needs --schedule poly or cosine");
  if (warmup_steps < 0 || warmup_steps > 1000000000)
    throw UsageError(fmt::format("--warmup-steps {}; it must be from 0 to 1000000000", warmup_steps));
  if (warmup_steps > 0 && kind == ScheduleKind::kPlateau)
    throw UsageError("--warmup-steps needs --schedule poly, cosine or constant; plateau watches whole epochs");
  if (!(warmup_factor > 0 && warmup_factor <= 1))
    throw UsageError(fmt::format("--warmup-factor {}; it must be above 0 and at most 1", warmup_factor));
}

double LearningRate::at(std::int64_t update) const {
  const std::int64_t warmup = options_.warmup_steps;
  if (options_.kind == ScheduleKind::kPlateau) return plateau_.lr();
  if (update < warmup) {
    const double done = static_cast<double>(update) / static_cast<double>(warmup);
    return lr_ * (options_.warmup_factor + (1 - options_.warmup_factor) * done);
  }
  if (options_.kind == ScheduleKind::kConstant) return lr_;
  const auto all = static_cast<double>(std::max<std::int64_t>(updates_ - warmup, 1));
  const double t = std::min(static_cast<double>(update - warmup) / all, 1.0);
  const double share = options_.kind == ScheduleKind::kPoly ? std::pow(1 - t, options_.poly_power)
                                                            : (1 + std::cos(std::numbers::pi * t)) / 2;
  return options_.lr_floor + (lr_ - options_.lr_floor) * share;
}

void LearningRate::end_epoch(const std::optional<double>& loss) {
  if (options_.kind == ScheduleKind::kPlateau && loss) plateau_.step(*loss);
}

}  // namespace segfold
