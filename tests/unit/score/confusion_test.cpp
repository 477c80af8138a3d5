#include "segfold/score/confusion.h"

#include <cmath>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/random.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using Ids = std::vector<std::uint8_t>;

ConfusionMatrix matrix_of(int classes, const Ids& truth, const Ids& prediction) {
  ConfusionMatrix matrix(classes);
  matrix.add(truth, prediction);
  return matrix;
}

Ids random_ids(std::uint64_t key, std::size_t count, std::uint64_t classes) {
  RandomStream random(key);
  Ids ids(count);
  for (std::uint8_t& id : ids) id = static_cast<std::uint8_t>(random.below(classes));
  return ids;
}

TEST(ConfusionMatrix, CountsTruthInRowsAndPredictionsInColumns) {
  const auto matrix = matrix_of(3, {0, 0, 1, 2, 2, 2}, {0, 1, 1, 2, 0, 0});
  EXPECT_EQ(matrix.at(0, 0), 1u);
  EXPECT_EQ(matrix.at(0, 1), 1u);
  EXPECT_EQ(matrix.at(1, 1), 1u);
  EXPECT_EQ(matrix.at(2, 0), 2u);
  EXPECT_EQ(matrix.at(2, 2), 1u);
  EXPECT_EQ(matrix.total(), 6u);
  EXPECT_EQ(matrix.false_positives(0), 2u);
  EXPECT_EQ(matrix.false_negatives(0), 1u);
}

TEST(ConfusionMatrix, DropsPixelsWhoseTruthIsIgnored) {
  const auto matrix = matrix_of(2, {0, 255, 1, 255}, {0, 1, 0, 0});
  EXPECT_EQ(matrix.total(), 2u);
  EXPECT_EQ(matrix.at(1, 0), 1u);
}

TEST(ConfusionMatrix, GivesTheIntersectionOverUnionByHand) {
  // Class 0: TP 1, FP 2, FN 1 → 1/4. Class 1: TP 1, FP 1, FN 0 → 1/2. Class 2: TP 1, FP 0, FN 2 → 1/3. Class 3: never
  // seen.
  const auto matrix = matrix_of(4, {0, 0, 1, 2, 2, 2}, {0, 1, 1, 2, 0, 0});
  const auto iou = matrix.iou();
  EXPECT_DOUBLE_EQ(iou[0], 0.25);
  EXPECT_DOUBLE_EQ(iou[1], 0.5);
  EXPECT_DOUBLE_EQ(iou[2], 1.0 / 3.0);
  EXPECT_TRUE(std::isnan(iou[3]));
  EXPECT_DOUBLE_EQ(matrix.mean_iou(), (0.25 + 0.5 + 1.0 / 3.0) / 3.0);
  EXPECT_DOUBLE_EQ(matrix.pixel_accuracy(), 0.5);
}

TEST(ConfusionMatrix, ScoresAClassThatIsOnlyPredictedAsZero) {
  const auto matrix = matrix_of(2, {0, 0}, {0, 1});
  EXPECT_DOUBLE_EQ(matrix.iou()[1], 0.0);
  EXPECT_DOUBLE_EQ(matrix.mean_iou(), 0.25);
}

TEST(ConfusionMatrix, ScoresThePerfectPredictionAsOne) {
  const Ids truth = random_ids(1, 1000, 19);
  EXPECT_DOUBLE_EQ(matrix_of(19, truth, truth).mean_iou(), 1.0);
  EXPECT_DOUBLE_EQ(matrix_of(19, truth, truth).pixel_accuracy(), 1.0);
}

TEST(ConfusionMatrix, WithoutPixelsHasNoScore) {
  EXPECT_TRUE(std::isnan(ConfusionMatrix(3).mean_iou()));
  EXPECT_TRUE(std::isnan(ConfusionMatrix(3).pixel_accuracy()));
}

TEST(ConfusionMatrix, SumsToTheMatrixOfTheWhole) {
  const Ids truth = random_ids(1, 1000, 5);
  const Ids prediction = random_ids(2, 1000, 5);
  auto sum = matrix_of(5, {truth.begin(), truth.begin() + 300}, {prediction.begin(), prediction.begin() + 300});
  sum += matrix_of(5, {truth.begin() + 300, truth.end()}, {prediction.begin() + 300, prediction.end()});
  EXPECT_EQ(sum, matrix_of(5, truth, prediction));
  EXPECT_EQ(sum.total(), 1000u);
}

TEST(ConfusionMatrix, RefusesIdsThatAreNoClass) {
  ConfusionMatrix matrix(19);
  testing::expect_error<DataError>([&] { matrix.add(Ids{0, 19}, Ids{0, 0}); }, {"pixel 1", "19"});
  EXPECT_THROW(matrix.add(Ids{0}, Ids{19}), DataError);
  EXPECT_THROW(matrix.add(Ids{0}, Ids{255}), DataError);
  EXPECT_THROW(matrix.add(Ids{0, 1}, Ids{0}), InternalError);
}

TEST(ConfusionMatrix, RefusesAnotherNumberOfClasses) {
  ConfusionMatrix matrix(3);
  EXPECT_THROW(matrix += ConfusionMatrix(4), InternalError);
  EXPECT_THROW(matrix.at(3, 0), InternalError);
  EXPECT_THROW(ConfusionMatrix(0), InternalError);
}

}  // namespace
}  // namespace segfold
