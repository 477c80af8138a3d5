#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "segfold/base/log.h"
#include "segfold/data/folds.h"
#include "segfold/stages/train_fold.h"
#include "tests/support/coloured_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold::testing {

/// Six coloured scenes in three folds, two more for validation, and a training of them that takes a second.
class SmallTraining : public ::testing::Test {
 protected:
  SmallTraining() {
    configure_log("test", Verbosity::kQuiet);
    const auto names = sample_names(2, 3);
    write_coloured_shard(folder_ / "train.h5", names);
    write_coloured_shard(folder_ / "val.h5", {"validation_000000_000019", "validation_000001_000019"});
    std::vector<SplitSample> samples;
    for (const std::string& name : names) samples.push_back({name, name.substr(0, 5), {}});
    Seal seal;
    seal.tool = "split-folds";
    write_folds(folder_ / "folds.json", split_samples(samples, 3, 42, SplitStrategy::kShuffle), seal);
  }

  TrainFoldOptions training() const {
    TrainFoldOptions options;
    options.shards = {folder_ / "train.h5"};
    options.val_shards = {folder_ / "val.h5"};
    options.folds = folder_ / "folds.json";
    options.fold = "1";
    options.output = folder_ / "model" / "x.pth";
    options.history = folder_ / "model" / "history.csv";
    options.state = folder_ / "state";
    options.experiment = "trial";
    options.training.model.architecture = Architecture::kUNet;
    options.training.model.width = 4;
    options.training.epochs = 2;
    options.training.lr = 1e-3;
    options.training.low_res_every = 1;
    options.device = "cpu";
    options.workers = 1;
    options.threads = 1;
    return options;
  }

  TemporaryFolder folder_;
};

}  // namespace segfold::testing
