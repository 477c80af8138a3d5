#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_aggregate.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::expect_refused;
using testing::options_for;
using testing::TemporaryFolder;
using testing::three_folds;

TEST(ExperimentHistories, AreRefusedWhereOneIsMissing) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds());
  options.histories.pop_back();
  expect_error<DataError>([&] { aggregate(options); }, {"history of fold 2", "missing"});
}

TEST(ExperimentHistories, AreRefusedWhereOneStandsTwice) {
  const TemporaryFolder folder;
  AggregateOptions options = options_for(folder.path(), three_folds());
  options.histories.push_back(options.histories[1]);
  expect_error<DataError>([&] { aggregate(options); }, {"history1.csv", "both are of one training"});
}

TEST(ExperimentHistories, AreRefusedWhereTrainingsDifferInMoreThanTheirFold) {
  expect_refused([](auto& folds) { folds[2].lr = 0.2; }, {"history0.csv", "history2.csv", "lr"});
}

TEST(ExperimentHistories, AreRefusedWhereTrainingsAreOfDifferentVersions) {
  expect_refused([](auto& folds) { folds[1].training_version = 2; },
                 {"history0.csv", "history1.csv", "different versions of train-fold"});
}

TEST(ExperimentHistories, RefuseScoresOfOtherWeightsThanTheLast) {
  expect_refused([](auto& folds) { folds[1].scored_epoch = 2; }, {"low1.json", "epoch 2", "last is 4"});
}

TEST(ExperimentHistories, AreRefusedWhereOneIsOfAnotherTraining) {
  const TemporaryFolder folder;
  auto folds = three_folds();
  const AggregateOptions options = options_for(folder.path(), folds);
  folds[1].lr = 0.2;
  write_sealed_text(folds[1].history_path(folder.path()), history_csv(folds[1].history()), folds[1].training_seal());
  expect_error<DataError>([&] { aggregate(options); }, {"history1.csv", "another training"});
}

}  // namespace
}  // namespace segfold
