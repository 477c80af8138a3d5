#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

#include "segfold/score/occlusion_curve.h"
#include "tests/support/temporary_folder.h"

namespace segfold::testing {

/// Writes occlusion curves of made-up experiments.
class MadeUpCurves : public ::testing::Test {
 protected:
  /// One class, 100 pixels in each of two groups; `right` of them are right with nothing covered, 40 fewer with half
  /// covered. @param change  of what is written
  std::filesystem::path curve(const std::string& experiment, int fold, std::uint64_t right,
                              const std::function<void(OcclusionCurve&, Seal&)>& change = {}) const {
    OcclusionCurve made{{experiment, fold, "all", "64x128", {"road"}}, "digest", {"north", "south"}, {}};
    const GroupedCounts before{counts(right), counts(right)};
    const GroupedCounts after{counts(right - 40), counts(right - 40)};
    made.levels = {{0, before, before}, {0.5, after, before}};
    const auto path = folder_ / (experiment + std::to_string(fold) + ".json");
    Seal seal;
    seal.tool = "eval-fold";
    if (change) change(made, seal);
    write_occlusion_curve(path, made, seal);
    return path;
  }

  TemporaryFolder folder_;

 private:
  static ClassCounts counts(std::uint64_t right) {
    ClassCounts made(1);
    made.tp = {right};
    made.seen = {100};
    return made;
  }
};

}  // namespace segfold::testing
