// How the bootstrap and the permutation test fare on pairs of models that are equally good, with predictions that are
// alike within a city: a thousand studies whose truth is known.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/random.h"
#include "segfold/score/bootstrap.h"
#include "segfold/score/permutation.h"

namespace segfold {
namespace {

constexpr int kCities = 12;
constexpr int kImages = 4;                 ///< per city
constexpr std::uint64_t kPixels = 10'000;  ///< per class and image
constexpr std::size_t kClasses = 3;

/// What one of two equal models gets right. The share of right pixels varies far more from city to city than within
/// one; part of a city's ease is the same for both models.
std::vector<ImageCounts> predictions(int study, const std::string& model) {
  std::vector<ImageCounts> images;
  for (int city = 0; city < kCities; ++city) {
    RandomStream shared(random_key({"equal models", study, city}));
    RandomStream own(random_key({"equal models", study, city, model}));
    const double city_share = 0.7 + 0.05 * shared.normal() + 0.05 * own.normal();
    for (int i = 0; i < kImages; ++i) {
      ImageCounts image{fmt::format("{}_{}", city, i), fmt::format("city {}", city), {}, {}, {}};
      image.fp.resize(kClasses);
      for (std::size_t c = 0; c < kClasses; ++c) {
        const double share = std::clamp(city_share + 0.01 * own.normal(), 0.0, 1.0);
        image.tp.push_back(static_cast<std::uint64_t>(std::lround(share * kPixels)));
        image.fn.push_back(kPixels - image.tp[c]);
        image.fp[(c + 1) % kClasses] = image.fn[c];
      }
      images.push_back(image);
    }
  }
  return images;
}

GroupedRuns runs_of(const std::vector<ImageCounts>& images) { return {group_counts(images, scored_groups(images))}; }

bool rejects(const std::vector<ImageCounts>& a, const std::vector<ImageCounts>& b) {
  return permutation_test(runs_of(a), runs_of(b)).p_value <= 0.05;
}

/// Whether the interval of the difference holds the true one, 0.
bool covers(const std::vector<ImageCounts>& a, const std::vector<ImageCounts>& b) {
  std::vector<double> differences = bootstrap_mious(runs_of(a), 1000);
  const std::vector<double> others = bootstrap_mious(runs_of(b), 1000);
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] -= others[i];
  const ConfidenceInterval interval = percentile_interval(differences);
  return interval.low <= 0 && 0 <= interval.high;
}

std::vector<ImageCounts> grouped_by_image(std::vector<ImageCounts> images) {
  for (ImageCounts& image : images) image.group = image.name;
  return images;
}

TEST(EqualModels, AreCalledDifferentInFivePercentOfStudies) {
  int rejected = 0;
  for (int study = 0; study < 1000; ++study) rejected += rejects(predictions(study, "a"), predictions(study, "b"));
  fmt::print("rejections at 5 %: {:.1f} % of 1000 studies of {} cities\n", rejected / 10.0, kCities);
  EXPECT_GE(rejected, 30);
  EXPECT_LE(rejected, 70);
}

TEST(EqualModels, DifferByNothingInNineOfTenIntervals) {
  // The quantiles of a bootstrap of n groups lie 1.96 · √((n − 1) / n) standard errors away: of a t distribution with
  // n − 1 = 11 degrees of freedom that is 91 %.
  int covered = 0;
  for (int study = 0; study < 1000; ++study) covered += covers(predictions(study, "a"), predictions(study, "b"));
  fmt::print("95 % intervals that hold the true difference: {:.1f} % of 1000 studies of {} cities\n", covered / 10.0,
             kCities);
  EXPECT_GE(covered, 880);
  EXPECT_LE(covered, 950);
}

TEST(EqualModels, WouldOftenBeCalledDifferentByResamplingImages) {
  int rejected = 0;
  for (int study = 0; study < 50; ++study) {
    rejected += rejects(grouped_by_image(predictions(study, "a")), grouped_by_image(predictions(study, "b")));
  }
  fmt::print("rejections at 5 % with images for groups: {} % of 50 studies\n", 2 * rejected);
  EXPECT_GE(rejected, 10);
}

}  // namespace
}  // namespace segfold
