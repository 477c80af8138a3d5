#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "segfold/base/json.h"
#include "segfold/train/schedule.h"

namespace segfold {

enum class ScheduleKind {
  kPlateau,   ///< falls when the held-out loss stops falling (schedule.h)
  kConstant,  ///< stays
  kPoly,      ///< floor + (lr − floor) · (1 − t)^power, t = share of the updates after the warm-up that are done
  kCosine     ///< floor + (lr − floor) · (1 + cos πt) / 2 (Loshchilov and Hutter 2017, one cycle)
};

/// "plateau", "constant", "poly", "cosine".
std::string schedule_name(ScheduleKind kind);

struct ScheduleOptions {
  ScheduleKind kind = ScheduleKind::kPlateau;
  PlateauSchedule::Options plateau;
  double poly_power = 0.9;
  double lr_floor = 0;            ///< of poly and cosine: rate at the end
  std::int64_t warmup_steps = 0;  ///< not with plateau: updates in which the rate rises linearly
  double warmup_factor = 0.001;   ///< of the rate in the first of them, (0, 1]
  void check() const;
};

/// Learning rate of every update of a training.
class LearningRate {
 public:
  /// @param lr  after the warm-up  @param updates  of the whole training
  LearningRate(double lr, const ScheduleOptions& options, std::int64_t updates)
      : options_(options), lr_(lr), updates_(updates), plateau_(lr, options.plateau) {}

  /// @param update  from 0
  double at(std::int64_t update) const;

  /// Takes the held-out loss of an epoch that has ended, where there is one.
  void end_epoch(const std::optional<double>& loss);

  Json state() const { return plateau_.state(); }
  void restore(const Json& state, const std::string& origin) { plateau_.restore(state, origin); }

 private:
  ScheduleOptions options_;
  double lr_;
  std::int64_t updates_;
  PlateauSchedule plateau_;
};

}  // namespace segfold
